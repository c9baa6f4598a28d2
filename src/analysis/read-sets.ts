import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, joinNets, NOBODY, type Point, readNet } from './address-set.js';
import { AnalysisError } from './analysis-error.js';
import type { OutOfScope, SetContents } from './ruleset.js';

/** Reads a list of addresses and nets of one family. @throws AnalysisError that names the first that is neither. */
export function addressSet(family: Family, addresses: readonly string[]): AddressSet {
  const nets = addresses.map((text) => {
    const net = readNet(text, family);
    if (net === undefined) throw new AnalysisError(`${JSON.stringify(text)} is not an address or net of ${family}`);
    return net;
  });
  return joinNets(family, nets);
}

/** A set while its text is read. */
interface Growing {
  readonly family: Family;
  readonly nets: (readonly [Point, Point])[];
}

const FAMILY_OF: Readonly<Record<string, Family>> = { inet: 'v4', inet6: 'v6' };
const CREATE = /^create (\S+) hash:(?:net|ip) (.*)$/;

/** `create NAME hash:net …`: with another family than before it is an error, as for the tool. */
function create(sets: Map<string, Growing>, line: string, number: number): void {
  const [, name, options] = CREATE.exec(line) ?? [];
  if (name === undefined || options === undefined) {
    throw new AnalysisError('give create NAME hash:net family inet|inet6 (or hash:ip)', number);
  }
  const family = FAMILY_OF[/(?:^| )family (\S+)/.exec(options)?.[1] ?? 'inet'];
  if (family === undefined) throw new AnalysisError(`the family of set ${name} must be inet or inet6`, number);
  const there = sets.get(name);
  if (there === undefined) sets.set(name, { family, nets: [] });
  else if (there.family !== family) throw new AnalysisError(`set ${name} exists with the other family`, number);
}

/** Sets of a host that we can't read, by name: the first line that we can't, and why. */
export type UnreadSets = ReadonlyMap<string, OutOfScope>;

/**
 * Reads a text of `ipset save` of a host, which has sets of other programs too: those of other types, with times, or
 * with exceptions are left out, and told.
 * @throws AnalysisError that names a line that belongs to no set
 */
export function readHostSets(text: string): { readonly contents: SetContents; readonly unread: UnreadSets } {
  const lines = text.split('\n');
  const unread = new Map<string, OutOfScope>();
  // Most that we can't read is seen at a glance; what is left is found one by one.
  for (const [at, line] of lines.entries()) {
    const [command, name = '', , ...more] = line.trimEnd().split(' ');
    const other = command === 'create' && !CREATE.test(line.trimEnd());
    const timed = command === 'add' && more.some((word) => word !== '-exist');
    if ((!other && !timed) || unread.has(name)) continue;
    const reason = other ? 'sets of this type are not understood' : `${more[0]} of an entry is not understood`;
    unread.set(name, { line, lineNumber: at + 1, reason });
  }
  for (;;) {
    const kept = lines.map((line) => (unread.has(line.split(' ')[1] ?? '') ? '' : line));
    try {
      return { contents: readSets(kept.join('\n')), unread };
    } catch (error) {
      const { line: number = null, reason = '' } = error instanceof AnalysisError ? error : {};
      const line = number === null ? '' : (lines[number - 1] ?? '');
      const [command, name, other] = line.split(' ');
      if (number === null || name === undefined || !['create', 'add', 'swap'].includes(command ?? '')) throw error;
      for (const set of command === 'swap' && other !== undefined ? [name, other] : [name])
        unread.set(set, { line, lineNumber: number, reason });
    }
  }
}

/**
 * Reads a text for `ipset restore` or of `ipset save`: what each set holds when its last line is done. An address comes
 * as often as it likes; unknown commands are errors, since they could change a set.
 * @throws AnalysisError that names the line.
 */
export function readSets(text: string): SetContents {
  const sets = new Map<string, Growing>();
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) continue;
    const [command, name = '', value = '', ...more] = line.split(' ');
    if (command === 'create') {
      create(sets, line, number);
      continue;
    }
    const set = sets.get(name);
    if (set === undefined) throw new AnalysisError(`set ${JSON.stringify(name)} does not exist`, number);
    if (command === 'add') {
      const net = readNet(value, set.family);
      if (net === undefined || !more.every((word) => word === '-exist')) {
        throw new AnalysisError(`${JSON.stringify(line)}: add takes one address or net of ${set.family}`, number);
      }
      set.nets.push(net);
    } else if (command === 'flush') {
      sets.set(name, { family: set.family, nets: [] });
    } else if (command === 'destroy') {
      sets.delete(name);
    } else if (command === 'swap') {
      const other = sets.get(value);
      if (other === undefined) throw new AnalysisError(`set ${JSON.stringify(value)} does not exist`, number);
      if (other.family !== set.family) throw new AnalysisError(`${name} and ${value} are of two families`, number);
      sets.set(name, other);
      sets.set(value, set);
    } else {
      throw new AnalysisError(`${JSON.stringify(command)} is not create, add, swap, flush or destroy`, number);
    }
  }
  return new Map(
    [...sets].map(([name, { family, nets }]) => [name, nets.length === 0 ? NOBODY[family] : joinNets(family, nets)]),
  );
}
