import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import type { SetPrinter } from '../printer.js';
import { FIELD_PRINTER } from '../printers.js';
import { buildSet, type SetProblem, type WantedSet } from './build-set.js';
import { mergeSets, type SetsInput } from './merge-sets.js';
import { setName } from './set-name.js';

/** All sets, compiled. */
export interface CompiledSets {
  /** What is published to every agent. */
  readonly text: string;
  /** What agents report once they have loaded it. */
  readonly hash: string;
  /** What was left out, cut or replaced, set by set; empty when all is well. */
  readonly problems: readonly SetProblem[];
  /** Every published set by full name, with its addresses: the `lastGood` of the next time. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
}

/** The addresses that a set was last published with, by full name. */
export type LastGood = ReadonlyMap<string, readonly string[]>;

/**
 * Compiles sets that are already merged, without pauses: for the command line. The order they come in does not matter.
 */
export function compileWantedSets(
  wanted: readonly WantedSet[],
  dialect: Dialect,
  lastGood?: LastGood,
  printer: SetPrinter = FIELD_PRINTER.sets,
): CompiledSets {
  const built = wanted.map((set) =>
    buildSet(set, dialect, lastGood?.get(setName(set.base, set.kind, set.family)), printer),
  );
  const rendered = built.flatMap((set) => (set.rendered === undefined ? [] : [set.rendered]));
  const { text, hash } = finish(printer.assemble(rendered));
  return {
    text,
    hash,
    problems: built.flatMap((set) => set.problems),
    sets: new Map(rendered.map((set) => [set.name, set.addresses])),
  };
}

/**
 * Merges and compiles sets. A set that cannot be built never breaks another: see {@link SetProblem} for what becomes of
 * it. Source: docs/rulesets.md#the-text-of-the-sets, docs/rulesets.md#canonical-addresses.
 */
export function compileSets(
  input: SetsInput,
  dialect: Dialect,
  lastGood?: LastGood,
  printer?: SetPrinter,
): CompiledSets {
  return compileWantedSets(mergeSets(input), dialect, lastGood, printer);
}
