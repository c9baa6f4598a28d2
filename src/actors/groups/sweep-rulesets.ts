import type { Config } from '../../config/schema.js';
import type { Clock, Self } from '../../otp/index.js';
import { StoreError, type Change, type Store } from '../../store/store.js';
import type { Log } from '../../log/log.js';
import { patiently } from '../store/store-patiently.js';
import type { World } from '../../world/world.js';
import { oldRevisions, removeRows } from './old-revisions.js';
import { oldRollouts } from './old-rollouts.js';
import type { RulesetOutputs } from './ruleset-outputs.js';

export interface SweepRulesetsNeeds {
  readonly store: Pick<Store, 'listFields' | 'commit'>;
  readonly log: Pick<Log, 'warn'>;
  readonly outputs: Pick<RulesetOutputs, 'rulesets' | 'values' | 'rollouts'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly config: Pick<Config, 'revisions'>;
  readonly world: Pick<World, 'rows'>;
}

/** Texts removed in one commit. */
const AT_ONCE = 50;

/**
 * Removes the texts that no group's row names any more, however they came to be left behind, and writes again those that
 * a row names and the store lacks though they are in memory. Texts are listed before the rows that name them; whoever
 * names one later has claimed it first, and the store writes commits on one document in the order in which they were
 * asked for, so whatever is removed here is written again by the next who names it. A commit that fails is not tried
 * again here, since it would come after theirs. Gives how many went.
 */
export async function sweepRulesets(self: Self, needs: SweepRulesetsNeeds): Promise<number> {
  const { store, outputs, log } = needs;
  const { rulesets } = outputs;
  rulesets.abandoned = false;
  const texts = await patiently(self, needs, () => store.listFields('ruleset_text', ['id']));
  const rows = await patiently(self, needs, () => store.listFields('ruleset_output', ['id', 'texts']));
  const revisions = await patiently(self, needs, () =>
    store.listFields('revision', ['number', 'texts', 'group_id', 'confirmed_at']),
  );
  const pins = await patiently(self, needs, () => store.listFields('pin', ['number']));
  const old = oldRevisions(revisions, pins, needs);
  const kept = revisions.filter(({ id }) => !old.has(id));
  const rollouts = await patiently(self, needs, () =>
    store.listFields('rollout', ['group_id', 'number', 'state', 'candidate', 'base']),
  );
  const { ids: goneRollouts, texts: rolledTexts } = oldRollouts(rollouts, needs.world);
  const named = new Set([...[...rows, ...kept].map((row) => row.texts), ...rolledTexts]);
  const there = new Set(texts.map(({ id }) => id));
  let removed = 0;
  try {
    await removeRows(store, 'revision', [...old]);
    await removeRows(store, 'rollout', goneRollouts);
    for (const { ruleset } of [...outputs.values(), ...outputs.rollouts.rulesets()])
      if (named.has(ruleset.id) && !there.has(ruleset.id)) {
        there.add(ruleset.id);
        rulesets.forget(ruleset.id);
        await store.commit(rulesets.steps(ruleset), { author: 'system', audit: false });
      }
    const candidates = [...there].filter((id) => !named.has(id));
    while (candidates.length > 0) {
      const inMemory = new Set([...outputs.values(), ...outputs.rollouts.rulesets()].map(({ ruleset }) => ruleset.id));
      const going = candidates.splice(0, AT_ONCE).filter((id) => !inMemory.has(id) && !rulesets.isClaimed(id));
      if (going.length === 0) continue;
      for (const id of going) rulesets.forget(id);
      const steps = going.map((id): Change => ({ op: 'remove', table: 'ruleset_text', id }));
      const result = await store.commit(steps, { author: 'system', audit: false });
      // One that is gone already: all is looked at again the next time.
      if (result.ok) removed += going.length;
      else rulesets.abandoned = true;
    }
  } catch (error) {
    if (!(error instanceof StoreError) || !error.retry) throw error;
    rulesets.abandoned = true;
    log.warn({ err: error }, 'texts that no group has any more could not be removed; trying again later');
  }
  return removed;
}
