import type { PublishingGate } from '../actors/publishing/publishing-gate.js';
import type { Store } from '../store/store.js';

const SETTING = 'publishing';

/** Puts the gate as it was left before a restart. */
export async function restorePublishing(store: Pick<Store, 'get'>, gate: PublishingGate): Promise<void> {
  const doc = (await store.get('setting', SETTING))?.doc;
  if (typeof doc?.paused !== 'boolean' || typeof doc.author !== 'string' || typeof doc.since !== 'number') return;
  gate.set(doc.paused, { author: doc.author, since: doc.since });
}

/** Stores the switch first, audited, then turns it: what an operator was told holds after a crash too. */
export async function storePublishing(
  store: Pick<Store, 'commit'>,
  gate: PublishingGate,
  paused: boolean,
  by: { readonly author: string; readonly since: number },
): Promise<void> {
  const doc = { id: SETTING, paused, ...by };
  await store.commit([{ op: 'upsert', table: 'setting', id: SETTING, edit: () => doc }], { author: by.author });
  gate.set(paused, by);
}
