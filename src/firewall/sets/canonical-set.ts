import type { Family } from '../addresses/family.js';
import { ALL_4 } from '../addresses/ipv4.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import { type Junk, JunkCounter } from './junk-counter.js';
import { readNets4, readNets6 } from './read-nets.js';
import { shortestSet } from './shortest-set.js';
import { spelledSet, spellings4, spellings6 } from './spelled-set.js';

/**
 * `sorted`: a set, whatever order it comes in. `given`: `dog1` keeps the order of sets with prefixes, as the Erlang
 * server did.
 */
export type ListOrder = 'sorted' | 'given';

/** The addresses of one set in the form that is published. */
export interface CanonicalSet {
  /** What stands after `add NAMEn `, in order: never a net of length 0, never the same net twice. */
  readonly addresses: readonly string[];
  /** What was left out of it. */
  readonly junk: Junk;
  /** `dog1` only: the list holds `0.0.0.0/0`, which is published as `0.0.0.0` and so matches one address. */
  readonly anyAsOne: boolean;
}

/**
 * Makes a list of addresses ready for a set (docs/rulesets.md#canonical-addresses), with pauses. In both dialects: host bits
 * cleared, the kernel's spelling, no net twice, `::/0` as its two halves, junk left out and reported.
 * - `dog2`: covered nets dropped, neighbours joined, `0.0.0.0/0` as its two halves; sorted by bytes.
 * - `dog1`: nets stay as they are and keep a `/32` or `/128` that was written; dropped is only a host address whose net
 *   is there too and that servers and agents would sort differently (docs/protocol.md#sorting-comes-before-shortening);
 *   `0.0.0.0/0` is `0.0.0.0`.
 * Elements may be of any type, because stored documents may hold anything. `before`: the addresses that came out of a
 * list which may differ little from this one; the outcome is the same without them, only later.
 */
export function* canonicalSetInSteps(
  list: readonly unknown[],
  family: Family,
  dialect: Dialect,
  order: ListOrder = 'sorted',
  before?: readonly string[],
): Generator<void, CanonicalSet> {
  if (dialect === 'dog2') return { ...(yield* shortestSet(list, family, before)), anyAsOne: false };
  const junk = new JunkCounter();
  if (family === 'v4') {
    const { texts, nets } = yield* readNets4(list, junk);
    const spelled = yield* spellings4(texts, nets);
    return { addresses: yield* spelledSet(spelled, 'v4', order), junk, anyAsOne: nets.includes(ALL_4) };
  }
  const { texts, nets } = yield* readNets6(list, junk);
  return { addresses: yield* spelledSet(yield* spellings6(texts, nets), 'v6', order), junk, anyAsOne: false };
}

/** The same without pauses, where the list is short or nobody else waits. */
export function canonicalSet(
  list: readonly unknown[],
  family: Family,
  dialect: Dialect,
  order: ListOrder = 'sorted',
): CanonicalSet {
  return finish(canonicalSetInSteps(list, family, dialect, order));
}
