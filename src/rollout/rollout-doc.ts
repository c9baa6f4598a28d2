import type { Document, Json, JsonObject } from '../model/document.js';
import type { StoredRuleset } from '../model/stored-ruleset.js';
import { textOf } from '../model/text-of.js';
import {
  type FailedHost,
  isLive,
  type Rollout,
  ROLLOUT_STATES,
  type RolloutPause,
  type RolloutWithoutTexts,
  type StepTaken,
} from './rollout.js';
import { readRolloutPolicy, type RolloutPolicy, RolloutPolicyError } from './rollout-policy.js';

/** How a rollout is kept in table `rollout`. Of one that is over, the hosts of its steps are only counted. */
export function rolloutToDoc(rollout: Rollout): Document {
  const { pause, hurry } = rollout;
  return {
    id: rollout.id,
    group_id: rollout.groupId,
    group_name: rollout.groupName,
    former_names: rollout.formerNames,
    number: rollout.number,
    state: rollout.state,
    policy: { ...rollout.policy, steps: rollout.policy.steps.map((step) => ({ ...step })) },
    candidate: rollout.candidate.id,
    compiled_at: rollout.compiledAt,
    base: rollout.base.id,
    base_compiled_at: rollout.baseCompiledAt,
    steps: rollout.steps.map(({ hosts, count, confirmedAt, doneAt }) => ({
      ...(isLive(rollout) ? { hosts } : { count: count ?? hosts.length }),
      confirmed_at: confirmedAt,
      done_at: doneAt,
    })),
    returning: isLive(rollout) ? rollout.returning : [],
    promoted_at: rollout.promotedAt,
    returned_at: rollout.returnedAt,
    pause: pause === null ? null : { ...pause },
    why: rollout.why,
    failed: rollout.failed.map((host) => ({ ...host })),
    hurry: hurry === null ? null : { ...hurry },
    author: rollout.author,
    reason: rollout.reason,
    override: rollout.override,
    plan: rollout.plan,
    created_at: rollout.createdAt,
    changed_at: rollout.changedAt,
    ended_at: rollout.endedAt,
    reconnect_proof: rollout.reconnectProof,
  };
}

/** Reads what `rolloutToDoc` wrote, with the texts that it names; undefined: it is none, or was written over. */
export function rolloutFromDoc(doc: Document, candidate: StoredRuleset, base: StoredRuleset): Rollout | undefined {
  const found = rolloutRecordFromDoc(doc);
  return found === undefined ? undefined : { ...found, candidate, base };
}

/** As `rolloutFromDoc`, of one whose texts are not asked for, or no longer kept. */
export function rolloutRecordFromDoc(doc: Document): RolloutWithoutTexts | undefined {
  const state = ROLLOUT_STATES.find((one) => one === doc['state']);
  if (state === undefined || typeof doc['group_id'] !== 'string' || typeof doc['number'] !== 'number') return undefined;
  const policy = policyOf(doc['policy']);
  const pause = pauseOf(doc['pause']);
  const compiledAt = timeOf(doc['compiled_at']);
  const baseCompiledAt = timeOf(doc['base_compiled_at']);
  const createdAt = timeOf(doc['created_at']);
  if (policy === undefined || compiledAt === null || baseCompiledAt === null || createdAt === null) return undefined;
  // One that stands still and does not say from where could never go on.
  if ((state === 'paused') !== (pause !== null)) return undefined;
  const hurry = objectOf(doc['hurry']);
  return {
    id: doc.id,
    groupId: doc['group_id'],
    groupName: textOf(doc['group_name']),
    formerNames: textsOf(doc['former_names']),
    number: doc['number'],
    state,
    policy,
    compiledAt,
    baseCompiledAt,
    steps: listOf(doc['steps']).map(readStep),
    returning: textsOf(doc['returning']),
    promotedAt: timeOf(doc['promoted_at']),
    returnedAt: timeOf(doc['returned_at']),
    pause,
    why: nullable(doc['why']),
    failed: listOf(doc['failed']).map(failedOf),
    hurry: hurry === undefined ? null : { author: textOf(hurry['author']), reason: textOf(hurry['reason']) },
    author: textOf(doc['author']),
    reason: nullable(doc['reason']),
    override: nullable(doc['override']),
    plan: nullable(doc['plan']),
    createdAt,
    changedAt: timeOf(doc['changed_at']) ?? createdAt,
    endedAt: timeOf(doc['ended_at']),
    reconnectProof: doc['reconnect_proof'] === true,
  };
}

function policyOf(value: Json | undefined): RolloutPolicy | undefined {
  try {
    return readRolloutPolicy(value);
  } catch (error) {
    if (error instanceof RolloutPolicyError) return undefined;
    throw error;
  }
}

const PAUSE_KINDS = ['operator', 'failed', 'guard', 'blind'] as const;
const PAUSED_FROM = ['planned', 'rolling', 'promoting'] as const;

function pauseOf(value: Json | undefined): RolloutPause | null {
  const pause = objectOf(value);
  const kind = PAUSE_KINDS.find((one) => one === pause?.['kind']);
  const from = PAUSED_FROM.find((one) => one === pause?.['from']);
  if (pause === undefined || kind === undefined || from === undefined) return null;
  return { kind, why: textOf(pause['why']), author: textOf(pause['author']), at: timeOf(pause['at']) ?? 0, from };
}

function failedOf(host: JsonObject): FailedHost {
  const status = host['status'] === 'silent' ? 'silent' : 'differs';
  return { hostkey: textOf(host['hostkey']), name: textOf(host['name']), status };
}

function readStep(step: JsonObject): StepTaken {
  const { count } = step;
  return {
    hosts: textsOf(step['hosts']),
    ...(typeof count === 'number' && { count }),
    confirmedAt: timeOf(step['confirmed_at']),
    doneAt: timeOf(step['done_at']),
  };
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).map(objectOf).filter((one) => one !== undefined);
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function timeOf(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function nullable(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
