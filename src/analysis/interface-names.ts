import type { InterfaceMatch } from './ruleset.js';

/** Whether a line takes packets of an interface. `eth+` also takes `eth` itself. */
export function takesInterface({ name, prefix, negated }: InterfaceMatch, device: string): boolean {
  return (prefix ? device.startsWith(name) : device === name) !== negated;
}

/** Interfaces that no line tells apart. */
export interface InterfaceKind {
  /** One of them. */
  readonly name: string;
  /** How to speak of them: a name, `eth+`, or null: any that is not named. */
  readonly label: string | null;
}

/** Bytes of an interface's name (IFNAMSIZ less the closing NUL). */
const MOST = 15;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const USUAL: readonly string[] = ['eth0', 'ens3', 'enp1s0', 'wlan0'];

/** A name that begins with `start`, and that no pattern knows any more of; undefined if there is no room for one. */
function unnamed(start: string, known: readonly string[]): string | undefined {
  const usual = (start === '' ? USUAL : [`${start}0`]).find(
    (name) => name.length <= MOST && known.every((other) => !name.startsWith(other) || other.length <= start.length),
  );
  if (usual !== undefined && !known.some((other) => other.startsWith(usual))) return usual;
  if (start.length >= MOST) return undefined;
  const free = [...LETTERS].find((letter) => !known.some((other) => other.startsWith(start + letter)));
  if (free !== undefined) return start + free;
  for (const letter of LETTERS) {
    const found = unnamed(start + letter, known);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * One interface of every kind that these lines can tell apart: one that nobody names, `lo`, each name, and one for each
 * prefix that is not a name itself. All others are treated like one of these.
 */
export function interfaceKinds(matches: readonly InterfaceMatch[]): readonly InterfaceKind[] {
  const known = [...new Set(['lo', ...matches.map(({ name }) => name)])].filter((name) => name !== '');
  const kinds: InterfaceKind[] = [];
  const signatures = new Set<string>();
  const add = (name: string | undefined, label: string | null): void => {
    if (name === undefined || name === '' || name.length > MOST) return;
    const signature = `${name === 'lo'} ${matches.map((match) => Number(takesInterface(match, name))).join('')}`;
    if (signatures.has(signature)) return;
    signatures.add(signature);
    kinds.push({ name, label });
  };
  add(unnamed('', known), null);
  for (const { name, prefix } of matches) if (prefix && name !== '') add(unnamed(name, known), `${name}+`);
  for (const name of known) add(name, name);
  return kinds;
}
