import type { GroupCast } from '../actors/groups/group-messages.js';
import { pinToDoc } from '../actors/groups/pin-doc.js';
import { revisionId } from '../actors/groups/record-revision.js';
import type { Pin } from '../actors/groups/revision-book.js';
import type { RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import { missingSets, type MissingSetsNeeds } from '../actors/last-good/why-not-sent.js';
import type { Log } from '../log/log.js';
import { readRuleset } from '../model/stored-ruleset.js';
import { textOf } from '../model/text-of.js';
import type { ActorSystem, KeyedChildren } from '../otp/index.js';
import type { Store } from '../store/store.js';
import type { Operations } from './operations.js';

export interface SetPinNeeds extends MissingSetsNeeds {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly store: Pick<Store, 'get' | 'commit'>;
  readonly outputs: Pick<RulesetOutputs, 'revisions' | 'rulesets'>;
  readonly groups: Pick<KeyedChildren<GroupCast>, 'send'>;
  readonly log: Pick<Log, 'warn'>;
}

/** Holds a group at a revision, or lets it go: the store knows it before the group's actor does. */
export function setPin(needs: SetPinNeeds): Operations['setPin'] {
  const { system, store, outputs, groups, log } = needs;
  const { revisions, rulesets } = outputs;
  return async (groupId, wanted, author, look) => {
    if (wanted === undefined) {
      if (revisions.pins.has(groupId)) {
        const along = await look(undefined);
        await store.commit([{ op: 'remove', table: 'pin', id: groupId }, ...along], { author });
        revisions.pins.delete(groupId);
        // Texts that only the pin named.
        rulesets.abandoned = true;
        log.warn({ group: groupId, author }, 'a group is no longer held at a revision');
        groups.send(groupId, { tag: 'assigned_anew' });
      }
      return { ok: true, pin: null };
    }
    const { number, reason } = wanted;
    const row = (await store.get('revision', revisionId(groupId, number)))?.doc;
    if (row === undefined) return { ok: false, why: 'unknown' };
    const texts = textOf(row['texts']);
    const ruleset = await rulesets.load(texts, async () => readRuleset((await store.get('ruleset_text', texts))?.doc));
    if (ruleset === undefined) return { ok: false, why: 'unusable', reason: 'its texts are no longer kept' };
    const missing = missingSets(needs, ruleset.sets);
    if (missing.length > 0) {
      const named = missing.slice(0, 5).join(', ');
      return { ok: false, why: 'unusable', reason: `it names the sets ${named}, which are not published now` };
    }
    const along = await look(ruleset);
    const at = Math.floor(system.clock.now() / 1000);
    const pin: Pin = { groupId, number, ruleset, compiledAt: Number(row['compiled_at']), reason, author, at };
    const doc = pinToDoc(pin);
    const giveBack = rulesets.claim(ruleset);
    try {
      const steps = [
        ...rulesets.steps(ruleset),
        { op: 'upsert', table: 'pin', id: groupId, edit: () => doc } as const,
        ...along,
      ];
      await store.commit(steps, { author });
      rulesets.saved(ruleset);
    } finally {
      giveBack();
    }
    revisions.pins.set(groupId, pin);
    log.warn({ group: groupId, revision: number, author, reason }, 'a group is held at a revision');
    groups.send(groupId, { tag: 'assigned_anew' });
    return { ok: true, pin: doc };
  };
}
