import { packRulesetSync } from '../../src/model/stored-ruleset.js';
import type { Rollout } from '../../src/rollout/rollout.js';
import { USUAL_POLICY } from '../../src/rollout/rollout-policy.js';

function text(content: string) {
  const of = { text: `${content}\n`, hash: content.padEnd(64, '0') };
  return packRulesetSync({ set4: of, set6: of, unset4: of, unset6: of }, []);
}

export const BASE = text('ba');
export const CANDIDATE = text('ca');

/** A rollout that was just planned; `more` on top. */
export function makeRollout(more: Partial<Rollout> = {}): Rollout {
  return {
    id: 'g.1',
    groupId: 'g',
    groupName: 'web',
    formerNames: [],
    number: 1,
    state: 'planned',
    policy: USUAL_POLICY,
    candidate: CANDIDATE,
    compiledAt: 90,
    base: BASE,
    baseCompiledAt: 10,
    steps: [],
    returning: [],
    promotedAt: null,
    returnedAt: null,
    pause: null,
    why: null,
    failed: [],
    hurry: null,
    author: 'system',
    reason: null,
    override: null,
    plan: null,
    createdAt: 100,
    changedAt: 100,
    endedAt: null,
    reconnectProof: false,
    ...more,
  };
}
