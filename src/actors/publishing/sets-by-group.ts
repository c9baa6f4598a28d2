import { randomUUID } from 'node:crypto';
import { textOf } from '../../model/text-of.js';
import type { Clock } from '../../otp/index.js';
import type { Change, Store } from '../../store/store.js';
import type { GivenSets, GroupSets } from '../../world/group-sets.js';
import type { World } from '../../world/world.js';
import { BY_GROUP } from '../hosts/wanted-hashes.js';
import { nowSeconds } from '../now-seconds.js';
import type { Notes } from '../store/notes.js';
import type { ConfirmedSets } from './confirmed-sets.js';
import { PUBLISHED } from './note-confirmed-sets.js';

/** One document of table `setting` per group: this and the group's id. */
const GIVEN = 'group_sets:';

/** Reads what groups were given since sets go by group; what was noted before they last went to all does not count. */
export async function loadSetsByGroup(
  store: Pick<Store, 'get' | 'list'>,
  groupSets: Pick<GroupSets, 'era' | 'gave'>,
): Promise<void> {
  const era = textOf((await store.get('setting', PUBLISHED))?.doc['by_group']);
  if (era === '') return;
  groupSets.era = era;
  for (const { doc } of await store.list('setting')) {
    const { id, sha, at } = doc;
    if (typeof id !== 'string' || !id.startsWith(GIVEN) || doc['era'] !== era || typeof sha !== 'string') continue;
    groupSets.gave(id.slice(GIVEN.length), { sha, names: undefined, at: typeof at === 'number' ? at : 0 });
  }
}

/**
 * From now on sets go by group: what all agents had together counts no more, neither for what is sent after a restart nor
 * for what hosts are compared with. Stored before anything is sent.
 */
export function beginSetsByGroup(needs: {
  readonly clock: Pick<Clock, 'now'>;
  readonly world: Pick<World, 'rows'>;
  readonly groupSets: Pick<GroupSets, 'era'>;
  readonly confirmedSets: Pick<ConfirmedSets, 'with' | 'add' | 'recorded'>;
}): { readonly changes: readonly Change[]; readonly stored: () => void } {
  const { world, groupSets, confirmedSets, clock } = needs;
  const era = randomUUID();
  const now = nowSeconds(clock);
  const times = confirmedSets.with(world.rows('ipset')).map(({ timestamp }) => Number(timestamp) + 1 || 0);
  const row = { id: randomUUID(), hash: BY_GROUP, timestamp: Math.max(now, ...times) };
  return {
    changes: [
      {
        op: 'upsert',
        table: 'setting',
        id: PUBLISHED,
        edit: () => ({ id: PUBLISHED, text_sha256: '', by_group: era, published_at: now }),
      },
      { op: 'upsert', table: 'ipset', id: row.id, edit: () => row },
    ],
    stored() {
      groupSets.era = era;
      confirmedSets.add(row);
      confirmedSets.recorded([row]);
    },
  };
}

/** The broker has confirmed a group's sets: its hosts are compared with them, and they are not sent again. */
export function noteGivenSets(
  { groupSets, notes }: { readonly groupSets: Pick<GroupSets, 'era' | 'gave'>; readonly notes: Pick<Notes, 'put'> },
  groupId: string,
  given: GivenSets,
): void {
  groupSets.gave(groupId, given);
  const { era } = groupSets;
  const id = GIVEN + groupId;
  const { sha, at } = given;
  if (era === undefined) return;
  notes.put(`sets of ${groupId}`, {
    changes: () => [{ op: 'upsert', table: 'setting', id, edit: () => ({ id, era, sha, at }) }],
  });
}

/** The group is gone. */
export function forgetGivenSets(
  { groupSets, notes }: { readonly groupSets: Pick<GroupSets, 'scope' | 'forget'>; readonly notes: Pick<Notes, 'put'> },
  groupId: string,
): void {
  groupSets.forget(groupId);
  if (groupSets.scope === 'group')
    notes.put(`sets of ${groupId}`, { changes: () => [{ op: 'remove', table: 'setting', id: GIVEN + groupId }] });
}
