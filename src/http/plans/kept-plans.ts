import type { PlanRecord } from '../../plan/plan-record.js';
import type { Change, Store } from '../../store/store.js';

/** Plans are not written about: they change nothing. */
const SILENT = { author: 'system', audit: false } as const;

/** The fields that say which plans may go. */
const FIELDS = ['made_at', 'expires_at'] as const;

/**
 * Keeps a plan in table `plan`, and lets go of those that can't be applied any more, and of the oldest where there are
 * more than `most`. `now`: epoch seconds.
 */
export async function keepPlan(
  store: Store,
  plan: PlanRecord,
  limits: { readonly most: number; readonly now: number },
): Promise<void> {
  const others = (await store.listFields('plan', FIELDS)).filter(({ id }) => id !== plan.id);
  const living = others.filter((one) => Number(one['expires_at']) > limits.now);
  const oldestFirst = living.sort((a, b) => Number(a['made_at']) - Number(b['made_at']));
  const staying = new Set(oldestFirst.slice(Math.max(0, oldestFirst.length - limits.most + 1)).map(({ id }) => id));
  const going = others.filter(({ id }) => !staying.has(id));
  const written: Change = { op: 'upsert', table: 'plan', id: plan.id, edit: () => plan };
  await store.commit([written], SILENT);
  // Somebody else may have removed one meanwhile, so each for itself.
  for (const { id } of going) await store.commit([{ op: 'remove', table: 'plan', id }], SILENT);
}

/** The plan of this id, unless it can't be applied any more. `now`: epoch seconds. */
export async function keptPlan(store: Store, id: string, now: number): Promise<PlanRecord | undefined> {
  const found = (await store.get('plan', id))?.doc as PlanRecord | undefined;
  return found !== undefined && found.expires_at > now ? found : undefined;
}
