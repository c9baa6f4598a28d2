import { isShrink, type Loss, lossOf } from '../../federation/shrink.js';
import type { LearntSets } from '../../federation/learnt-sets.js';
import type { Document } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import type { Clock, Self } from '../../otp/index.js';
import type { Author, Change, CommitFailure, Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { Log } from '../../log/log.js';
import { nowSeconds } from '../now-seconds.js';
import { patiently, pause } from '../store/store-patiently.js';

export interface ExternalRowNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly store: Pick<Store, 'find' | 'commit'>;
  readonly world: Pick<World, 'rows'>;
  readonly log: Pick<Log, 'warn' | 'info'>;
}

/** What taking sets over would do. `same`: they are in service already. */
export type Verdict = { readonly kind: 'same' | 'take' | 'hold'; readonly loss: Loss };

/** How long it is waited until the world has what was stored, and how often it is looked. */
const SEEN_MS = 2000;
const LOOK_MS = 20;

/** The external of a linked environment, first by id: old data may have several of one name. */
export async function externalNamed(self: Self, needs: ExternalRowNeeds, name: string): Promise<Document | undefined> {
  const rows = await patiently(self, needs, () => needs.store.find('external', 'name', name));
  return rows.map(({ doc }) => doc).sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}

/** Whether sets are taken over at once. Only what is in service can be taken away. */
export async function judge(
  self: Self,
  external: Document | undefined,
  sets: LearntSets,
  shrinkPercent: number,
): Promise<Verdict> {
  const inService = external?.state === 'active' ? external : undefined;
  const same =
    inService !== undefined &&
    sameJson(inService.v4, sets.v4) &&
    sameJson(inService.v6, sets.v6) &&
    sameJson(inService.ec2, sets.ec2);
  if (same) return { kind: 'same', loss: { had: 0, lost: 0 } };
  // Hundreds of thousands of addresses were compared, and are again: whoever waits has a turn in between.
  await pause(self, 1);
  const loss = lossOf(inService, sets);
  return { kind: isShrink(loss, shrinkPercent) ? 'hold' : 'take', loss };
}

/**
 * Puts sets into the external of a link and into service. The link's row is looked at in the same commit: one that was
 * disabled or deleted meanwhile takes nothing over. Resolves when the world has them; false: nothing was written.
 */
export async function takeOver(
  self: Self,
  needs: ExternalRowNeeds,
  link: { readonly id: string; readonly name: string },
  sets: LearntSets,
  by: { readonly author: Author; readonly audit: boolean },
): Promise<boolean> {
  const { store, clock, world, log } = needs;
  const external = await externalNamed(self, needs, link.name);
  const members = { ...sets, state: 'active' };
  const put: Change =
    external === undefined
      ? {
          op: 'create',
          table: 'external',
          doc: { name: link.name, address_handling: 'union', ...members, timestamp: nowSeconds(clock) },
          uniqueOn: ['name'],
        }
      : {
          op: 'edit',
          table: 'external',
          id: external.id,
          edit: (current) => ({ ...current, ...members, timestamp: nowSeconds(clock) }),
        };
  const result = await patiently(self, needs, () => store.commit([stillReceives(link), put], by));
  if (!result.ok) {
    log.info({ link: link.name, reason: result.failure.reason }, 'the sets of a linked server were not taken over');
    return false;
  }
  const id = result.stored[1]?.doc.id ?? '';
  for (let waited = 0; waited < SEEN_MS && !self.signal.aborted; waited += LOOK_MS) {
    const row = world.rows('external').get(id);
    if (row?.state === 'active' && sameJson(row.v4, sets.v4) && sameJson(row.v6, sets.v6)) break;
    await pause(self, LOOK_MS);
  }
  return true;
}

function stillReceives({ id, name }: { readonly id: string; readonly name: string }): Change {
  return {
    op: 'edit',
    table: 'link',
    id,
    edit: (row) =>
      row.enabled === true && row.direction !== 'outbound' && row.name === name ? row : { refused: { link: 'off' } },
  };
}

/** Takes what a linked server told out of service; it stays in the row. */
export async function takeOutOfService(self: Self, needs: ExternalRowNeeds, name: string): Promise<void> {
  if (name === '') return;
  for (const { doc } of await patiently(self, needs, () => needs.store.find('external', 'name', name))) {
    if (doc.state !== 'active') continue;
    const edit = (current: Document): Document => ({ ...current, state: 'inactive' });
    const changes: readonly Change[] = [{ op: 'edit', table: 'external', id: doc.id, edit }];
    const result = await patiently(self, needs, () => needs.store.commit(changes, { author: 'system', audit: false }));
    if (!result.ok && !isGone(result.failure)) throw new Error(`external ${doc.id}: ${result.failure.reason}`);
    needs.log.info({ link: name }, 'the sets of a linked server are out of service');
  }
}

function isGone({ reason }: CommitFailure): boolean {
  return reason === 'not_found';
}
