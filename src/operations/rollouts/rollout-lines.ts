import { hostStandings } from '../../actors/rollouts/host-standings.js';
import type { RolloutBook } from '../../actors/rollouts/rollout-book.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { byVariant } from '../../model/ruleset-variants.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { RolloutHostStatus } from '../../rollout/host-status.js';
import { countOfHostsAhead, type Rollout, type RolloutWithoutTexts } from '../../rollout/rollout.js';
import { stepText } from '../../rollout/rollout-policy.js';
import { rolloutRecordFromDoc } from '../../rollout/rollout-doc.js';
import type { World } from '../../world/world.js';
import type { RolloutDetail, RolloutHostLine, RolloutLine } from './rollout-answers.js';

/** Hosts in one answer. */
const MOST_HOSTS = 1000;

export function rolloutLine(rollout: RolloutWithoutTexts): RolloutLine {
  const { steps, state } = rollout;
  return {
    id: rollout.id,
    group_id: rollout.groupId,
    group: rollout.groupName,
    number: rollout.number,
    state,
    why: rollout.pause?.why ?? rollout.why,
    pause: rollout.pause,
    step: stepSaid(rollout),
    steps_begun: steps.length + (rollout.promotedAt !== null || state === 'promoting' ? 1 : 0),
    hosts_ahead: countOfHostsAhead(rollout),
    failed: rollout.failed,
    hurried: rollout.hurry !== null,
    reconnect_proof: rollout.reconnectProof ? 'on' : 'not configured',
    author: rollout.author,
    reason: rollout.reason,
    override: rollout.override,
    plan: rollout.plan,
    created_at: rollout.createdAt,
    changed_at: rollout.changedAt,
    promoted_at: rollout.promotedAt,
    ended_at: rollout.endedAt,
  };
}

/** What its newest step covers, in words; null: none was begun. */
export function stepSaid({ policy, steps, state, pause, promotedAt }: RolloutWithoutTexts): string | null {
  if (state === 'promoting' || pause?.from === 'promoting' || promotedAt !== null) return stepText({ all: true });
  if (steps.length === 0) return null;
  const step = policy.steps[Math.min(steps.length, policy.steps.length) - 1];
  return step === undefined ? null : stepText(step);
}

/** With its hosts, as far as this run has seen them. `now`: epoch seconds. */
export function rolloutDetail(
  rollout: Rollout,
  {
    rollouts,
    world,
    now,
  }: {
    readonly rollouts: Pick<RolloutBook, 'watch' | 'get'>;
    readonly world: Pick<World, 'hostsOf' | 'hostByKey'>;
    readonly now: number;
  },
): RolloutDetail {
  const counts = noCounts();
  const hosts: RolloutHostLine[] = [];
  for (const { hostkey, status, why } of hostStandings(rollout, { rollouts, world, now })) {
    counts[status] += 1;
    if (hosts.length < MOST_HOSTS)
      hosts.push({ hostkey, name: textOf(world.hostByKey(hostkey)?.['name']), status, why });
  }
  return {
    ...rolloutLine(rollout),
    policy: rollout.policy,
    counts,
    hosts,
    hashes: hashesOf(rollout.candidate),
    hashes_before: hashesOf(rollout.base),
  };
}

/** Of a row in the store, whose texts may be gone. */
export function storedRolloutLine(doc: Document): RolloutLine | undefined {
  const found = rolloutRecordFromDoc(doc);
  return found === undefined ? undefined : rolloutLine(found);
}

/** Of a row in the store that is over: its hosts are not known any more. */
export function storedRolloutDetail(
  doc: Document,
  hashes: Pick<RolloutDetail, 'hashes' | 'hashes_before'>,
): RolloutDetail | undefined {
  const line = storedRolloutLine(doc);
  const found = rolloutRecordFromDoc(doc);
  return line === undefined || found === undefined
    ? undefined
    : { ...line, policy: found.policy, counts: noCounts(), hosts: [], ...hashes };
}

function noCounts(): Record<RolloutHostStatus, number> {
  return { pending: 0, sent: 0, ok: 0, differs: 0, silent: 0, exempt: 0 };
}

export function hashesOf({ texts }: StoredRuleset): Readonly<Record<string, string>> {
  return byVariant('hashField', ({ key }) => texts[key].hash);
}
