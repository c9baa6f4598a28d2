import { collapse4, collapse6 } from '../addresses/collapse.js';
import { explainAddress } from '../addresses/explain-address.js';
import type { Family } from '../addresses/family.js';
import { ALL_4, formatNet4, type Net4, parseNet4 } from '../addresses/ipv4.js';
import { formatNet6, type Net6, parseNet6 } from '../addresses/ipv6.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import { A_STEP, mapInSteps, sortTextsInSteps } from '../steps.js';
import { spelledSet, spellings4, spellings6 } from './spelled-set.js';

/**
 * `sorted`: a set, whatever order it comes in. `given`: `dog1` keeps the order of sets with prefixes, as the Erlang
 * server did.
 */
export type ListOrder = 'sorted' | 'given';

/** Elements of a list that are not addresses of its family: how many, and the first few with the reason. */
export interface Junk {
  readonly count: number;
  readonly examples: readonly { readonly element: string; readonly reason: string }[];
}

/** The addresses of one set in the form that is published. */
export interface CanonicalSet {
  /** What stands after `add NAMEn `, in order: never a net of length 0, never the same net twice. */
  readonly addresses: readonly string[];
  /** What was left out of it. */
  readonly junk: Junk;
  /** `dog1` only: the list holds `0.0.0.0/0`, which is published as `0.0.0.0` and so matches one address. */
  readonly anyAsOne: boolean;
}

/** Enough examples to see what is wrong, without keeping a list of a million. */
const MAX_EXAMPLES = 10;
const MAX_SHOWN = 80;

function show(element: unknown): string {
  const text = typeof element === 'string' ? element : (JSON.stringify(element) ?? String(element));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** Collects junk while a list is read. */
class JunkCounter implements Junk {
  count = 0;
  readonly examples: { element: string; reason: string }[] = [];

  add(element: unknown, family: Family): void {
    this.count += 1;
    if (this.examples.length >= MAX_EXAMPLES) return;
    const reason = typeof element === 'string' ? explainAddress(element, family).reason : 'is not a string';
    this.examples.push({ element: show(element), reason });
  }
}

function* readNets4(list: readonly unknown[], junk: JunkCounter): Generator<void, { texts: string[]; nets: Net4[] }> {
  const texts: string[] = [];
  const nets: Net4[] = [];
  for (const [at, element] of list.entries()) {
    if (at % A_STEP === A_STEP - 1) yield;
    const net = typeof element === 'string' ? parseNet4(element) : -1;
    if (net < 0) junk.add(element, 'v4');
    else {
      texts.push(element as string);
      nets.push(net);
    }
  }
  return { texts, nets };
}

function* readNets6(list: readonly unknown[], junk: JunkCounter): Generator<void, { texts: string[]; nets: Net6[] }> {
  const texts: string[] = [];
  const nets: Net6[] = [];
  for (const [at, element] of list.entries()) {
    if (at % A_STEP === A_STEP - 1) yield;
    const net = typeof element === 'string' ? parseNet6(element) : undefined;
    if (net === undefined) junk.add(element, 'v6');
    else {
      texts.push(element as string);
      nets.push(net);
    }
  }
  return { texts, nets };
}

/**
 * Makes a list of addresses ready for a set (docs/rulesets.md#canonical-addresses), with pauses. In both dialects: host bits
 * cleared, the kernel's spelling, no net twice, `::/0` as its two halves, junk left out and reported.
 * - `dog2`: covered nets dropped, neighbours joined, `0.0.0.0/0` as its two halves; sorted by bytes.
 * - `dog1`: nets stay as they are and keep a `/32` or `/128` that was written; dropped is only a host address whose net
 *   is there too and that servers and agents would sort differently (docs/protocol.md#sorting-comes-before-shortening);
 *   `0.0.0.0/0` is `0.0.0.0`.
 * Elements may be of any type, because stored documents may hold anything.
 */
export function* canonicalSetInSteps(
  list: readonly unknown[],
  family: Family,
  dialect: Dialect,
  order: ListOrder = 'sorted',
): Generator<void, CanonicalSet> {
  const junk = new JunkCounter();
  // Texts of addresses are ASCII: their own order is that of their bytes.
  if (family === 'v4') {
    const { texts, nets } = yield* readNets4(list, junk);
    if (dialect === 'dog2') {
      const shortest = yield* mapInSteps(yield* collapse4(nets), formatNet4);
      return { addresses: yield* sortTextsInSteps(shortest), junk, anyAsOne: false };
    }
    const spelled = yield* spellings4(texts, nets);
    return { addresses: yield* spelledSet(spelled, 'v4', order), junk, anyAsOne: nets.includes(ALL_4) };
  }
  const { texts, nets } = yield* readNets6(list, junk);
  const addresses =
    dialect === 'dog2'
      ? yield* sortTextsInSteps(yield* mapInSteps(yield* collapse6(nets), formatNet6))
      : yield* spelledSet(yield* spellings6(texts, nets), 'v6', order);
  return { addresses, junk, anyAsOne: false };
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
