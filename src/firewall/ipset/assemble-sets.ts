import { createHash } from 'node:crypto';
import type { Family } from '../addresses/family.js';
import { compareBytes } from '../hash/byte-order.js';
import type { RenderedSet, SetsText } from '../printer.js';

/** Characters that are hashed between two pauses, about: a set is hashed as a whole. */
const A_STEP = 1 << 18;

const FAMILIES: readonly Family[] = ['v4', 'v6'];

function byBase(a: RenderedSet, b: RenderedSet): number {
  return compareBytes(a.base, b.base);
}
function byName(a: RenderedSet, b: RenderedSet): number {
  return compareBytes(a.name, b.name);
}

/**
 * Puts sets together (docs/rulesets.md#the-text-of-the-sets): the blocks of v4 then v6, zones before groups, then
 * `flush` and `destroy` of the work copies, parts separated by empty lines; sets in byte order of their base names.
 */
export function* setsText(sets: readonly RenderedSet[]): Generator<void, string> {
  const sorted = [...sets].sort(byBase);
  const part = (family: Family, line: (set: RenderedSet) => string): string => {
    const of = (kind: RenderedSet['kind']): string =>
      sorted
        .filter((set) => set.family === family && set.kind === kind)
        .map(line)
        .join('');
    return `${of('zone')}\n${of('group')}`;
  };
  const lines: readonly ((set: RenderedSet) => string)[] = [
    (set) => set.block,
    (set) => `flush ${set.name}n\n`,
    (set) => `destroy ${set.name}n\n`,
  ];
  const parts: string[] = [];
  for (const line of lines)
    for (const family of FAMILIES) {
      parts.push(part(family, line));
      yield;
    }
  return parts.join('\n');
}

/**
 * The hash of what `ipset save` will print. It is not always the hash of the text itself: agents
 * sort lines before they shorten them, the text has `web_gv4n` where the kernel has `web_gv4`, and so sets whose names
 * begin the same (`main_gv4`, `main_gv4_gv4`) come in another order (docs/protocol.md#sorting-comes-before-shortening).
 * Set names hold nothing below U+0021, so that the order of the names is the order of their lines.
 */
export function* savedHash(sets: readonly RenderedSet[]): Generator<void, string> {
  const hash = createHash('sha256');
  let first = true;
  let done = 0;
  for (const set of [...sets].sort(byName)) {
    if (set.hashed === '') continue;
    if (!first) hash.update('\n');
    hash.update(set.hashed, 'utf8');
    first = false;
    done += set.hashed.length;
    if (done < A_STEP) continue;
    done = 0;
    yield;
  }
  return hash.digest('hex');
}

/** Text and hash of all sets together, with pauses. Costs what joining the kept blocks costs. */
export function* assembleSets(sets: readonly RenderedSet[]): Generator<void, SetsText> {
  const text = yield* setsText(sets);
  yield;
  return { text, hash: yield* savedHash(sets) };
}
