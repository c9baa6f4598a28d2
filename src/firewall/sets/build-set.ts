import type { Family } from '../addresses/family.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import type { RenderedSet, SetPrinter } from '../printer.js';
import { FIELD_PRINTER } from '../printers.js';
import { canonicalSetInSteps, type ListOrder } from './canonical-set.js';
import type { Junk } from './junk-counter.js';
import { type SetKind, setName, setNameFault } from './set-name.js';

/** A set as policy wants it, before anything is checked. */
export interface WantedSet {
  /** Name of the group or zone, with `ENV#` before it where a linked environment's prefix is kept. */
  readonly base: string;
  readonly kind: SetKind;
  readonly family: Family;
  readonly addresses: readonly unknown[];
  readonly order: ListOrder;
  /** Why the addresses are not known: the document that holds them is malformed. `addresses` has the rest. */
  readonly unreadable?: string;
  /** Why some of its addresses may be missing from `addresses`: a document that could add to them is malformed. */
  readonly incomplete?: string;
}

/** Entries that the kernel takes in a set made without `maxelem`; it may take a few more, but not reliably. */
export const MAX_ENTRIES = 65_536;

/** From this number on operators are warned. */
export const WARN_ENTRIES = Math.floor(MAX_ENTRIES * 0.8);

/** What is wrong with one set. A problem never affects another set. `set` is the full name, such as `web_gv4`. */
export type SetProblem =
  | ({ readonly set: string; readonly kind: 'junk'; readonly reason: string } & Junk)
  | { readonly set: string; readonly kind: 'name'; readonly reason: string }
  | {
      readonly set: string;
      readonly kind: 'full';
      readonly reason: string;
      readonly count: number;
      /**
       * What is published instead. Groups that name a set held `empty` must be held back
       * (docs/rulesets.md#what-the-kernel-refuses).
       */
      readonly instead: 'last_good' | 'empty';
    }
  | {
      readonly set: string;
      /** Its addresses can't be read; as with `full`. */
      readonly kind: 'unreadable';
      readonly reason: string;
      readonly instead: 'last_good' | 'empty';
    }
  | {
      readonly set: string;
      /** No document has it any more, but rulesets in use name it. */
      readonly kind: 'gone';
      readonly reason: string;
      /** `none`: no content of it is known, and it is not published. */
      readonly instead: 'last_good' | 'none';
    }
  | { readonly set: string; readonly kind: 'nearly_full'; readonly reason: string; readonly count: number }
  | { readonly set: string; readonly kind: 'any_as_one'; readonly reason: string };

/** `rendered` is absent when no set of that name can exist. */
export interface BuiltSet {
  readonly rendered?: RenderedSet;
  readonly problems: readonly SetProblem[];
}

function nameProblem(set: string, reason: string): SetProblem {
  return {
    set,
    kind: 'name',
    reason: `${reason}; the set is left out`,
  };
}

function contentProblems(set: string, count: number, junk: Junk, anyAsOne: boolean): SetProblem[] {
  const problems: SetProblem[] = [];
  if (junk.count > 0) {
    const first = junk.examples[0];
    const example = first === undefined ? '' : `, the first is '${first.element}': ${first.reason}`;
    const what =
      junk.count === 1
        ? '1 element is no address and was left out'
        : `${junk.count} elements are no addresses and were left out`;
    const reason = `${what}${example}`;
    problems.push({ set, kind: 'junk', reason, count: junk.count, examples: junk.examples });
  }
  if (anyAsOne) {
    const reason = '0.0.0.0/0 is published as 0.0.0.0, which matches one address only; write 0.0.0.0/1 and 128.0.0.0/1';
    problems.push({ set, kind: 'any_as_one', reason });
  }
  if (count > WARN_ENTRIES && count <= MAX_ENTRIES) {
    const reason = `${count} of at most ${MAX_ENTRIES} entries are used`;
    problems.push({ set, kind: 'nearly_full', reason, count });
  }
  return problems;
}

/**
 * Makes one set, with pauses: checks its name, makes its addresses canonical, renders it. A set over the kernel's limit is published
 * with its last good content (`lastGood`: the `addresses` of an earlier {@link RenderedSet} of it), or empty; so is one
 * whose addresses can't be read. One that may lack addresses keeps its last good ones beside those that it has.
 * `before`: the same set as it was rendered formerly, from which one that differs little is made; the outcome is the same.
 */
export function* buildSetInSteps(
  wanted: WantedSet,
  dialect: Dialect,
  lastGood?: readonly string[],
  printer: Pick<SetPrinter, 'render'> = FIELD_PRINTER.sets,
  before?: RenderedSet,
): Generator<void, BuiltSet> {
  const { base, kind, family } = wanted;
  const set = setName(base, kind, family);
  const fault = setNameFault(base);
  if (fault !== undefined) return { problems: [nameProblem(set, fault)] };
  const { addresses, junk, anyAsOne } = yield* canonicalSetInSteps(
    wanted.addresses,
    family,
    dialect,
    wanted.order,
    before?.addresses ?? lastGood,
  );
  const render = (content: readonly string[]) => printer.render(base, kind, family, content, before);
  const count = addresses.length;
  const problems = contentProblems(set, count, junk, anyAsOne);
  if (wanted.unreadable !== undefined) {
    const instead = lastGood === undefined ? 'empty' : 'last_good';
    const published = lastGood === undefined ? 'without what it holds' : 'with the last addresses that could be read';
    problems.push({ set, kind: 'unreadable', reason: `${wanted.unreadable}; published ${published}`, instead });
    return {
      rendered: yield* render(lastGood ?? addresses.slice(0, MAX_ENTRIES)),
      problems,
    };
  }
  if (wanted.incomplete !== undefined && lastGood !== undefined) {
    const all = [...lastGood, ...wanted.addresses];
    const both = (yield* canonicalSetInSteps(all, family, dialect, wanted.order)).addresses;
    problems.push({
      set,
      kind: 'unreadable',
      reason: `${wanted.incomplete}; published with the last good addresses beside the others`,
      instead: 'last_good',
    });
    return {
      rendered: yield* render(both.length <= MAX_ENTRIES ? both : lastGood),
      problems,
    };
  }
  if (count <= MAX_ENTRIES) return { rendered: yield* render(addresses), problems };
  const instead = lastGood === undefined ? 'empty' : 'last_good';
  const kept = lastGood === undefined ? 'no addresses' : 'the last addresses that fitted';
  const reason = `${count} entries after merging, the kernel takes ${MAX_ENTRIES}; published with ${kept}`;
  problems.push({ set, kind: 'full', reason, count, instead });
  return { rendered: yield* render(lastGood ?? []), problems };
}

/** The same without pauses, where nobody else waits. */
export function buildSet(
  wanted: WantedSet,
  dialect: Dialect,
  lastGood?: readonly string[],
  printer: SetPrinter = FIELD_PRINTER.sets,
): BuiltSet {
  return finish(buildSetInSteps(wanted, dialect, lastGood, printer));
}
