import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Document, JsonObject } from '../../model/document.js';
import { byVariant, RULESET_VARIANTS, variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { RulesetText } from '../../model/stored-ruleset.js';
import type { ObservedLink } from './observe-links.js';
import type { Holders } from '../hosts/held-by-hosts.js';

/** A hash of a group that is another than the stored one, and the text that ours is of. */
export interface HashDifference extends RulesetText {
  readonly field: string;
  readonly stored: string;
}

/** What is said of a text whose stored hash is another, while all hosts that it is for report ours. */
const HELD = 'hosts already hold our text';

/** How a group that this server would compile compares with what another server stored. */
export type ObservedGroup = { readonly id: string; readonly name: string } & (
  | { readonly state: 'same' }
  | {
      readonly state: 'differs';
      readonly differences: readonly HashDifference[];
      /** Its hosts in use, by what they last reported. */
      readonly hosts: Holders;
    }
  /** Another hash is stored, and yet a takeover would send nothing. */
  | {
      readonly state: 'held_by_hosts';
      readonly note: typeof HELD;
      readonly differences: readonly HashDifference[];
      readonly hosts: Holders;
    }
  | { readonly state: 'cannot_compare'; readonly error: JsonObject }
);

/** What an observing server has found, as of one state of the world. */
export interface Observation {
  /** Epoch seconds. */
  readonly at: number;
  readonly dialect: 'dog1' | 'dog2';
  readonly groups: readonly ObservedGroup[];
  /** All sets: the newest hash stored, null if there is none, and ours. */
  readonly sets: ObservedSets;
  readonly links: readonly ObservedLink[];
}

export type ObservedSets = { readonly stored: string | null; readonly hash: string } & (
  | { readonly state: 'same' }
  | { readonly state: 'differs'; readonly hosts: Holders }
  | { readonly state: 'held_by_hosts'; readonly note: typeof HELD; readonly hosts: Holders }
);

/** Where the stored hash is another. Only what no host would be sent counts as held: one that differs would be repaired. */
function byHosts(hosts: Holders) {
  return hosts.right > 0 && hosts.wrong === 0 && hosts.silent === 0
    ? ({ state: 'held_by_hosts', note: HELD, hosts } as const)
    : ({ state: 'differs', hosts } as const);
}

export function observeSets(stored: string | null, hash: string, hosts: Holders): ObservedSets {
  return stored === hash ? { state: 'same', stored, hash } : { ...byHosts(hosts), stored, hash };
}

/**
 * Compares a group's row with what came out of compiling it. Texts without sets count only where they are made. `held`:
 * what hosts report of ours.
 */
export function observeGroup(
  row: Document,
  compiled: CompiledGroup,
  generateUnset: boolean,
  held: (hashes: Readonly<Record<string, string>>) => Holders,
): ObservedGroup {
  const who = { id: row.id, name: textOf(row.name) };
  if (!compiled.ok) return { ...who, state: 'cannot_compare', error: compiled.error };
  const variants = generateUnset ? RULESET_VARIANTS : variantsOfType('ipsets');
  const differences = variants.flatMap(({ key, hashField: field }): readonly HashDifference[] => {
    const stored = textOf(row[field]);
    return stored === compiled[key].hash ? [] : [{ field, stored, ...compiled[key] }];
  });
  if (differences.length === 0) return { ...who, state: 'same' };
  const hashes = byVariant('hashField', ({ key }) => compiled[key].hash);
  return { ...who, ...byHosts(held(hashes)), differences };
}

/** Counts of an observation, for a log line. */
export function observationSummary({ groups, sets, links, dialect }: Observation): JsonObject {
  const count = (state: ObservedGroup['state']): number => groups.filter((group) => group.state === state).length;
  return {
    dialect,
    groups: groups.length,
    same: count('same'),
    differ: count('differs'),
    held_by_hosts: count('held_by_hosts'),
    cannot_compare: count('cannot_compare'),
    sets: sets.state,
    links: links.length,
    links_differ: links.filter(({ state }) => state === 'differs').length,
  };
}
