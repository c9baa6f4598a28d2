import type { InterfaceMatch } from './ruleset.js';

/** Whether a line takes packets of an interface. `eth+` also takes `eth` itself. */
export function takesInterface({ name, prefix, negated }: InterfaceMatch, device: string): boolean {
  return (prefix ? device.startsWith(name) : device === name) !== negated;
}

/** Bytes of an interface's name (IFNAMSIZ less the closing NUL). */
const MOST = 15;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A name that begins with `start`, and that no pattern knows any more of; undefined if there is no room for one. */
function unknownName(start: string, known: readonly string[]): string | undefined {
  if (start !== '' && !known.includes(start)) return start;
  for (const usual of start === '' ? ['eth0', 'ens3', 'enp1s0'] : [`${start}0`]) {
    if (usual.length <= MOST && !known.some((name) => usual.startsWith(name) && name.length > start.length))
      return usual;
  }
  if (start.length >= MOST) return undefined;
  for (const letter of LETTERS) {
    const name = start + letter;
    if (!known.some((other) => other.startsWith(name))) return name;
  }
  for (const letter of LETTERS) {
    const found = unknownName(start + letter, known);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * One interface name of every kind that these lines can tell apart: each that is named, one behind each prefix that is
 * no longer known name, `lo`, and one that nobody names. All other names are treated like one of these.
 */
export function interfaceKinds(matches: readonly InterfaceMatch[]): readonly string[] {
  const known = [...new Set([...matches.map(({ name }) => name), 'lo'])];
  const kinds = new Set<string>();
  const signatures = new Set<string>();
  const add = (name: string | undefined): void => {
    if (name === undefined || name === '' || name.length > MOST) return;
    const signature = `${name === 'lo'} ${matches.map((match) => Number(takesInterface(match, name))).join('')}`;
    if (signatures.has(signature)) return;
    signatures.add(signature);
    kinds.add(name);
  };
  add(unknownName('', known));
  add('lo');
  for (const name of known) add(name);
  for (const { name, prefix } of matches) if (prefix) add(unknownName(name, known));
  return [...kinds];
}
