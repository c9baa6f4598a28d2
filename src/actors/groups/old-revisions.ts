import type { Config } from '../../config/schema.js';
import type { Document } from '../../model/document.js';
import type { Clock } from '../../otp/index.js';
import type { Change, Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import { revisionId } from './record-revision.js';

export interface OldRevisionsNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'revisions'>;
  readonly world: Pick<World, 'rows'>;
}

const DAY_SECONDS = 86_400;
/** Rows removed in one commit. */
const AT_ONCE = 50;

/**
 * Ids of the rows of table `revision` that may go: of groups that are gone, those over `revisions.keep`, and those older
 * than `revisions.keep_days`. The newest of a group, and the one at which it is held, stay. `rows` have the fields
 * `group_id`, `number` and `confirmed_at`; those without a number say which is a group's newest.
 */
export function oldRevisions(
  rows: readonly Document[],
  pins: readonly Document[],
  { clock, config, world }: OldRevisionsNeeds,
): ReadonlySet<string> {
  const { keep, keep_days: days } = config.revisions;
  const since = clock.now() / 1000 - days * DAY_SECONDS;
  const groups = world.rows('group');
  const held = new Set(pins.map(({ id, number }) => revisionId(id, Number(number))));
  const newest = new Map<string, number>();
  for (const { group_id: group, number } of rows)
    if (typeof group === 'string') newest.set(group, Math.max(newest.get(group) ?? 0, Number(number)));
  const going = rows.filter(({ id, group_id: group, number, confirmed_at: at }) => {
    if (typeof group !== 'string') return !groups.has(id);
    if (!groups.has(group)) return true;
    const last = newest.get(group) ?? 0;
    if (Number(number) === last || held.has(id)) return false;
    return Number(number) <= last - keep || Number(at) < since;
  });
  return new Set(going.map(({ id }) => id));
}

/** Removes them; one that is gone already keeps its commit from being made, and all is looked at again the next time. */
export async function removeRows(
  store: Pick<Store, 'commit'>,
  table: 'revision' | 'rollout',
  ids: readonly string[],
): Promise<void> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const steps = ids.slice(at, at + AT_ONCE).map((id): Change => ({ op: 'remove', table, id }));
    await store.commit(steps, { author: 'system', audit: false });
  }
}
