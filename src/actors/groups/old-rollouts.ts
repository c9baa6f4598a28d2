import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { World } from '../../world/world.js';

/** So many rollouts of a group are kept. */
const KEPT = 20;

/**
 * Of the rows of table `rollout` (fields `group_id`, `number`, `state`, `candidate`, `base`): ids of those that may go, of groups that
 * are gone or over the bound, and the texts that the others may yet send.
 */
export function oldRollouts(
  rows: readonly Document[],
  world: Pick<World, 'rows'>,
): { readonly ids: readonly string[]; readonly texts: readonly string[] } {
  const newest = new Map<string, number>();
  for (const row of rows) {
    const group = textOf(row['group_id']);
    newest.set(group, Math.max(newest.get(group) ?? 0, Number(row['number'])));
  }
  const groups = world.rows('group');
  const ids: string[] = [];
  const texts: string[] = [];
  for (const { id, group_id: group, number, state, candidate, base } of rows) {
    const last = newest.get(textOf(group)) ?? 0;
    if (!groups.has(textOf(group)) || Number(number) <= last - KEPT) ids.push(id);
    else if (Number(number) === last && state !== 'done' && state !== 'superseded')
      texts.push(textOf(candidate), textOf(base));
  }
  return { ids, texts };
}
