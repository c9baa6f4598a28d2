import {
  readRolloutPolicy,
  readStepTexts,
  RolloutPolicyError,
  type RolloutPolicy,
  type RolloutStep,
} from '../../../rollout/rollout-policy.js';

/** A policy as it is typed. */
export interface PolicyDraft {
  /** As the configuration writes them: `1`, `10%`, `1% at least 3`, `all`. */
  readonly steps: readonly string[];
  readonly bake_keepalives: string;
  readonly deadline_seconds: string;
  readonly on_failure: RolloutPolicy['on_failure'];
  readonly tolerate_percent: string;
}

export type NumberKey = 'bake_keepalives' | 'deadline_seconds' | 'tolerate_percent';
const NUMBER_KEYS: readonly NumberKey[] = ['bake_keepalives', 'deadline_seconds', 'tolerate_percent'];

/** What is wrong: by the index of a step, by key, and `steps` of all of them. */
export type DraftFaults = Readonly<Record<string, string>>;

export function draftOf(policy: RolloutPolicy): PolicyDraft {
  return {
    steps: policy.steps.map(stepInput),
    bake_keepalives: String(policy.bake_keepalives),
    deadline_seconds: String(policy.deadline_seconds),
    on_failure: policy.on_failure,
    tolerate_percent: String(policy.tolerate_percent),
  };
}

/** Reads what was typed, by the server's own rules; what is wrong is told field by field. */
export function readDraft(draft: PolicyDraft): { readonly policy: RolloutPolicy } | { readonly faults: DraftFaults } {
  const faults: Record<string, string> = {};
  const attempt = <T>(read: () => T, whereOf: (where: string) => string): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RolloutPolicyError)) throw error;
      faults[whereOf(error.where)] = error.message;
      return undefined;
    }
  };
  const steps = attempt(
    () => readStepTexts(draft.steps.map((text) => text.trim().replace(/\s*%/, '%').toLowerCase())),
    (where) => /^\[(\d+)\]/.exec(where)?.[1] ?? 'steps',
  );
  const numbers: Partial<Record<NumberKey, number>> = {};
  for (const key of NUMBER_KEYS) {
    const text = draft[key].trim();
    // What is no number is refused as such, and not read as 0.
    const value = /^\d{1,9}$/.test(text) ? Number(text) : text;
    const read = attempt(
      () => readRolloutPolicy({ [key]: value }),
      () => key,
    );
    if (read !== undefined) numbers[key] = read[key];
  }
  if (steps === undefined || Object.keys(faults).length > 0) return { faults };
  return { policy: { ...readRolloutPolicy({ ...numbers, on_failure: draft.on_failure }), steps } };
}

function stepInput(step: RolloutStep): string {
  if ('all' in step) return 'all';
  if ('hosts' in step) return String(step.hosts);
  return step.at_least === undefined ? `${step.percent}%` : `${step.percent}% at least ${step.at_least}`;
}
