import { textOf } from '../../model/text-of.js';
import type { Document } from '../../model/document.js';
import { byVariant } from '../../model/ruleset-variants.js';
import type { Wanted } from '../../host/hash-check.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { World } from '../../world/world.js';
import type { ConfirmedSets } from '../publishing/confirmed-sets.js';
import { type Assigned, assignedTo, type AssignedNeeds } from '../groups/assigned.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';

interface WorldRows {
  readonly world: Pick<World, 'rows'>;
}

export interface WantedHashesNeeds extends AssignedNeeds {
  readonly world: Pick<World, 'groupByName' | 'rows'>;
  readonly outputs: AssignedNeeds['outputs'] & Pick<RulesetOutputs, 'awaited'>;
  readonly confirmedSets: Pick<ConfirmedSets, 'takeover' | 'with'>;
  readonly groupSets: Pick<GroupSets, 'scope' | 'wanted'>;
}

/** What table `ipset` says instead of a hash since sets go by group: no hash is all hosts'. */
export const BY_GROUP = 'by_group';

/** The hash of the sets published last, or `BY_GROUP`; `undefined` when none ever were. */
export function newestSetHash(rows: Iterable<Document>): string | undefined {
  let newest: { readonly hash: string; readonly at: number } | undefined;
  for (const row of rows) {
    const hash = textOf(row.hash);
    const at = typeof row.timestamp === 'number' ? row.timestamp : 0;
    if (hash !== '' && hash !== 'initial' && (newest === undefined || at > newest.at)) newest = { hash, at };
  }
  return newest?.hash;
}

/**
 * The hashes that count for the sets now (docs/host-lifecycle.md#accepted-hashes-of-the-sets): the newest row of table
 * `ipset`, and every other that was still the newest `windowSeconds` ago. The seed row `initial` was never published.
 */
export function acceptedSetHashes(
  rows: Iterable<Document>,
  now: number,
  windowSeconds: number,
): NonNullable<Wanted['sets']> | undefined {
  const history = [...rows]
    .map((row) => ({ hash: textOf(row.hash), at: typeof row.timestamp === 'number' ? row.timestamp : 0 }))
    .filter(({ hash }) => hash !== '' && hash !== 'initial')
    .sort((a, b) => b.at - a.at);
  const newest = history[0];
  if (newest === undefined || newest.hash === BY_GROUP) return undefined;
  const hashes = new Set([newest.hash]);
  // A row stopped being the newest when the one after it came.
  for (let i = 1; i < history.length; i += 1) {
    const row = history[i];
    const successor = history[i - 1];
    if (row === undefined || successor === undefined || successor.at < now - windowSeconds) break;
    if (row.hash !== BY_GROUP) hashes.add(row.hash);
  }
  // The Erlang server added a row with every rebuild, changed or not: the first of the last hash is its change.
  const other = history.findIndex(({ hash }) => hash !== newest.hash);
  return { hashes, newest: newest.hash, changedAt: history.at(other === -1 ? -1 : other - 1)?.at ?? newest.at };
}

/** The hashes of sets that count for a host: those of all hosts, or of the sets that its rules name. */
export function wantedSets(
  { world, confirmedSets, groupSets }: Pick<WantedHashesNeeds, 'groupSets' | 'confirmedSets'> & WorldRows,
  assigned: Pick<Assigned, 'groupId' | 'sets' | 'since'> | undefined,
  now: number,
  windowSeconds: number,
): Wanted['sets'] {
  if (confirmedSets.takeover === 'waits') return undefined;
  if (groupSets.scope === 'all') return acceptedSetHashes(confirmedSets.with(world.rows('ipset')), now, windowSeconds);
  if (assigned?.sets === undefined) return undefined;
  return groupSets.wanted(assigned.groupId, assigned.sets, assigned.since, windowSeconds);
}

/**
 * What a host of a group should report. `undefined`: the group is unknown, empty or virtual, so there is nothing to
 * compare with (docs/host-lifecycle.md#processing-a-report).
 */
export function wantedHashes(
  needs: WantedHashesNeeds,
  host: { readonly hostkey: string; readonly group: string },
  now: number,
  windowSeconds: number,
): Wanted | undefined {
  const { world, outputs } = needs;
  const assigned = assignedTo(needs, host);
  if (assigned === undefined) return undefined;
  const { groupId, since } = assigned;
  // The row may lack what the broker has confirmed: the store refuses it, or is slow.
  const fields = assigned.hashes ?? world.rows('group').get(groupId) ?? {};
  const hashes = byVariant('hashField', ({ hashField }) => textOf(fields[hashField]));
  const sets = wantedSets(needs, assigned, now, windowSeconds);
  return {
    // Four empty fields: this group never had a ruleset. Awaited: the stored ones may be another spelling of the same.
    ...(Object.values(hashes).every((hash) => hash === '') || outputs.awaited.has(groupId)
      ? {}
      : {
          rules: {
            hashes,
            changedAt: since ?? 0,
          },
        }),
    ...(sets === undefined ? {} : { sets }),
  };
}
