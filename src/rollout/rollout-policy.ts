import type { Json, JsonObject } from '../model/document.js';

/** How many hosts have the new revision after a step: so many, so many of a hundred (at least so many), or all. */
export type RolloutStep =
  { readonly hosts: number } | { readonly percent: number; readonly at_least?: number } | { readonly all: true };

/** How changes of a group's rules reach its hosts (docs/rollout.md#policy), in the shape that the API takes and gives. */
export type RolloutPolicy = {
  /** At least one; each covers at least as many hosts as the one before. The last is `all`. */
  readonly steps: readonly RolloutStep[];
  /** So many further reports must show the new rules before a host counts as well. */
  readonly bake_keepalives: number;
  /** A host that has not shown the new rules after so many seconds has failed. */
  readonly deadline_seconds: number;
  readonly on_failure: 'roll_back' | 'pause';
  /** After the first step, so many of a hundred hosts may fail. */
  readonly tolerate_percent: number;
};

/** A policy that is none, and what would be right. */
export class RolloutPolicyError extends Error {
  override readonly name = 'RolloutPolicyError';
  /** Such as `steps[1].percent`. */
  readonly where: string;
  constructor(where: string, reason: string) {
    super(reason);
    this.where = where;
  }
}

const MOST_STEPS = 20;
const MOST_HOSTS = 1_000_000;
const MOST_SECONDS = 7 * 86_400;
const KEYS: ReadonlySet<string> = new Set([
  'steps',
  'bake_keepalives',
  'deadline_seconds',
  'on_failure',
  'tolerate_percent',
]);

/** What is left out: a host is heard every 60 s, and has new rules after 41 s at most (docs/rollout.md#policy). */
export const USUAL_POLICY: RolloutPolicy = {
  steps: [{ hosts: 1 }, { percent: 1, at_least: 3 }, { percent: 10 }, { percent: 50 }, { all: true }],
  bake_keepalives: 2,
  deadline_seconds: 165,
  on_failure: 'roll_back',
  tolerate_percent: 0,
};

/**
 * Reads a policy from JSON; what is left out is as in `USUAL_POLICY`.
 * @throws RolloutPolicyError
 */
export function readRolloutPolicy(value: Json | undefined, usual: RolloutPolicy = USUAL_POLICY): RolloutPolicy {
  if (!isObject(value))
    throw new RolloutPolicyError('body', 'must be an object such as {"steps": [{"hosts": 1}, {"all": true}]}');
  const stranger = Object.keys(value).find((key) => !KEYS.has(key));
  if (stranger !== undefined)
    throw new RolloutPolicyError(stranger, `is not known; a policy has ${[...KEYS].join(', ')}`);
  return {
    steps: value['steps'] === undefined ? usual.steps : readSteps(value['steps']),
    bake_keepalives: readInteger(value, 'bake_keepalives', usual.bake_keepalives, 0, 1000),
    deadline_seconds: readInteger(value, 'deadline_seconds', usual.deadline_seconds, 1, MOST_SECONDS),
    on_failure: readChoice(value['on_failure'], usual.on_failure),
    tolerate_percent: readInteger(value, 'tolerate_percent', usual.tolerate_percent, 0, 100),
  };
}

/**
 * The steps as the configuration writes them: `1`, `10%`, `1% at least 3`, `all`.
 * @throws RolloutPolicyError
 */
export function readStepTexts(texts: readonly string[]): readonly RolloutStep[] {
  if (texts.length > MOST_STEPS)
    throw new RolloutPolicyError(`[${MOST_STEPS}]`, `there may be 1 to ${MOST_STEPS} steps`);
  return inOrder(
    texts.map((text, index): RolloutStep => {
      if (text === 'all') return { all: true };
      const [, hosts, percent, least] = /^(?:([0-9]{1,7})|([0-9]{1,3})%(?: at least ([0-9]{1,7}))?)$/.exec(text) ?? [];
      if (hosts === undefined && percent === undefined)
        throw new RolloutPolicyError(`[${index}]`, 'must be such as "1", "10%", "1% at least 3" or "all"');
      const step =
        hosts !== undefined
          ? { hosts: Number(hosts) }
          : { percent: Number(percent), ...(least === undefined ? {} : { at_least: Number(least) }) };
      return readStep(step, `[${index}]`);
    }),
    '',
  );
}

/** How many of `hosts` hosts have the new revision after this step. */
export function stepSize(step: RolloutStep, hosts: number): number {
  if ('all' in step) return hosts;
  if ('hosts' in step) return Math.min(step.hosts, hosts);
  return Math.min(hosts, Math.max(Math.ceil((hosts * step.percent) / 100), step.at_least ?? 1));
}

/** As one would say it: `1 host`, `10 % (at least 3)`, `all`. */
export function stepText(step: RolloutStep): string {
  if ('all' in step) return 'all';
  if ('hosts' in step) return step.hosts === 1 ? '1 host' : `${step.hosts} hosts`;
  return step.at_least === undefined ? `${step.percent} %` : `${step.percent} % (at least ${step.at_least})`;
}

function readSteps(value: Json): readonly RolloutStep[] {
  if (!Array.isArray(value))
    throw new RolloutPolicyError('steps', 'must be a list such as [{"hosts": 1}, {"all": true}]');
  if (value.length === 0 || value.length > MOST_STEPS)
    throw new RolloutPolicyError('steps', `must have 1 to ${MOST_STEPS} steps`);
  return inOrder(
    value.map((step: Json, index) => readStep(step, `steps[${index}]`)),
    'steps',
  );
}

/** The first host of a rollout is one, and nobody is left out at its end. */
function inOrder(steps: readonly RolloutStep[], where: string): readonly RolloutStep[] {
  const last = steps.at(-1);
  if (last === undefined || !('all' in last))
    throw new RolloutPolicyError(`${where}[${Math.max(0, steps.length - 1)}]`, 'the last step must be {"all": true}');
  steps.slice(0, -1).forEach((step, index) => {
    if ('all' in step) throw new RolloutPolicyError(`${where}[${index}]`, 'only the last step may be {"all": true}');
    const next = steps[index + 1];
    if (next !== undefined && smaller(next, step))
      throw new RolloutPolicyError(`${where}[${index + 1}]`, `must cover at least as many hosts as the step before`);
  });
  return steps;
}

function smaller(a: RolloutStep, b: RolloutStep): boolean {
  if ('hosts' in a && 'hosts' in b) return a.hosts < b.hosts;
  return 'percent' in a && 'percent' in b && a.percent < b.percent;
}

function readStep(value: Json, where: string): RolloutStep {
  const shapes = 'must be {"hosts": N}, {"percent": N}, {"percent": N, "at_least": N} or {"all": true}';
  if (!isObject(value)) throw new RolloutPolicyError(where, shapes);
  const keys = Object.keys(value).sort().join();
  if (keys === 'all' && value['all'] === true) return { all: true };
  if (keys === 'hosts') return { hosts: readCount(value['hosts'], `${where}.hosts`, MOST_HOSTS) };
  if (keys === 'percent') return { percent: readCount(value['percent'], `${where}.percent`, 100) };
  if (keys === 'at_least,percent')
    return {
      percent: readCount(value['percent'], `${where}.percent`, 100),
      at_least: readCount(value['at_least'], `${where}.at_least`, MOST_HOSTS),
    };
  throw new RolloutPolicyError(where, shapes);
}

function readCount(value: Json | undefined, where: string, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > most)
    throw new RolloutPolicyError(where, `must be a whole number from 1 to ${most}`);
  return value;
}

function readInteger(from: JsonObject, key: string, usual: number, least: number, most: number): number {
  const value = from[key];
  if (value === undefined) return usual;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw new RolloutPolicyError(key, `must be a whole number from ${least} to ${most}`);
  return value;
}

function readChoice(value: Json | undefined, usual: RolloutPolicy['on_failure']): RolloutPolicy['on_failure'] {
  if (value === undefined) return usual;
  if (value !== 'roll_back' && value !== 'pause')
    throw new RolloutPolicyError('on_failure', 'must be "roll_back" or "pause"');
  return value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
