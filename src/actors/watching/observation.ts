import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { RulesetText } from '../../model/stored-ruleset.js';
import { HASH_FIELD_OF, VARIANTS } from '../groups/ruleset-outputs.js';

/** A hash of a group that is another than the stored one, and the text that ours is of. */
export interface HashDifference extends RulesetText {
  readonly field: string;
  readonly stored: string;
}

/** How a group that this server would compile compares with what another server stored. */
export type ObservedGroup = { readonly id: string; readonly name: string } & (
  | { readonly state: 'same' }
  | { readonly state: 'differs'; readonly differences: readonly HashDifference[] }
  | { readonly state: 'cannot_compare'; readonly error: JsonObject }
);

/** What an observing server has found, as of one state of the world. */
export interface Observation {
  /** Epoch seconds. */
  readonly at: number;
  readonly dialect: 'dog1' | 'dog2';
  readonly groups: readonly ObservedGroup[];
  /** All sets: the newest hash stored, null if there is none, and ours. */
  readonly sets: { readonly state: 'same' | 'differs'; readonly stored: string | null; readonly hash: string };
}

/** Compares a group's row with what came out of compiling it. Texts without sets count only where they are made. */
export const observeGroup = (row: Document, compiled: CompiledGroup, generateUnset: boolean): ObservedGroup => {
  const who = { id: row.id, name: textOf(row.name) };
  if (!compiled.ok) return { ...who, state: 'cannot_compare', error: compiled.error };
  const variants = generateUnset ? VARIANTS : (['set4', 'set6'] as const);
  const differences = variants.flatMap((variant): readonly HashDifference[] => {
    const field = HASH_FIELD_OF[variant];
    const stored = textOf(row[field]);
    return stored === compiled[variant].hash ? [] : [{ field, stored, ...compiled[variant] }];
  });
  return differences.length === 0 ? { ...who, state: 'same' } : { ...who, state: 'differs', differences };
};

/** Counts of an observation, for a log line. */
export const observationSummary = ({ groups, sets, dialect }: Observation): JsonObject => {
  const count = (state: ObservedGroup['state']): number => groups.filter((group) => group.state === state).length;
  return {
    dialect,
    groups: groups.length,
    same: count('same'),
    differ: count('differs'),
    cannot_compare: count('cannot_compare'),
    sets: sets.state,
  };
};
