import { AnalysisError } from '../analysis/index.js';
import type { Policy } from '../firewall/policy/policy.js';
import type { SetProblem } from '../firewall/sets/build-set.js';
import { MAX_ENTRIES } from '../firewall/sets/build-set.js';
import { isBuiltinGroup } from '../model/builtins.js';
import type { Document, JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { dependencyKeys, onPeer, onService } from '../world/dependency-keys.js';
import type { Asked } from './fleet-questions.js';
import { groupFindings, type GroupFindings, type RuleFinding } from './rule-findings.js';

/** Most rules of one answer, and names of groups that have one. */
const MOST_RULES = 1000;
const MOST_GROUPS = 20;
/** Documents looked at between two pauses. */
const A_STEP = 50;

/** Sets that are near the kernel's limit or over it. */
export function setFindings(problems: readonly SetProblem[]): readonly JsonObject[] {
  return problems.flatMap((problem): readonly JsonObject[] =>
    problem.kind === 'full' || problem.kind === 'nearly_full'
      ? [
          {
            name: problem.set,
            state: problem.kind === 'full' ? 'over' : 'near',
            count: problem.count,
            limit: MAX_ENTRIES,
            reason: problem.reason,
          },
        ]
      : [],
  );
}

/** The answer to `GET /api/V2/group/:id/analysis`; undefined: there is no such group. */
export function* groupAnalysis(asked: Asked, id: string): Generator<void, JsonObject | undefined> {
  if (!asked.policy.group.has(id)) return undefined;
  const { name, error, rules } = yield* found(asked, id);
  const named = new Set<string>();
  for (const family of ['v4', 'v6'] as const) {
    const traced = yield* asked.sources.traced(id, family);
    for (const set of traced?.sets ?? []) named.add(set);
  }
  const sets = asked.setProblems();
  return {
    id,
    name,
    error,
    rules,
    sets: sets === undefined ? null : setFindings(sets.filter(({ set }) => named.has(set))),
  };
}

function* found(asked: Asked, id: string): Generator<void, GroupFindings> {
  try {
    return yield* groupFindings(asked, id);
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    return { id, name: textOf(asked.policy.group.get(id)?.name), error: error.message, rules: [] };
  }
}

interface Shared {
  readonly finding: RuleFinding;
  readonly groups: string[];
}

/** The answer to `GET /api/V2/analysis/rules`: of all groups; what several have of one ruleset is told once. */
export function* policyAnalysis(asked: Asked): Generator<void, JsonObject> {
  const { policy } = asked;
  const shared = new Map<string, Shared>();
  const errors: JsonObject[] = [];
  for (const id of [...policy.group.keys()].sort()) {
    const { name, error, rules } = yield* found(asked, id);
    if (error !== null) errors.push({ id, name, error });
    for (const finding of rules) {
      const key = JSON.stringify(finding);
      const known = shared.get(key);
      if (known === undefined) shared.set(key, { finding, groups: [name] });
      else known.groups.push(name);
    }
    yield;
  }
  const rules = [...shared.values()];
  const over = rules.length - MOST_RULES;
  const sets = asked.setProblems();
  return {
    rules: rules.slice(0, MOST_RULES).map(({ finding, groups }) => ({
      ...finding,
      groups: groups.sort().slice(0, MOST_GROUPS),
      group_count: groups.length,
    })),
    ...(over > 0 ? { left_off: over } : {}),
    errors,
    unused: yield* unused(policy),
    sets: sets === undefined ? null : setFindings(sets),
  };
}

function brief({ id, name }: Document): JsonObject {
  return { id, name: textOf(name) };
}

/** Services, zones and groups that no rule names, groups without hosts among them, and profiles of no group. */
function* unused(policy: Policy): Generator<void, JsonObject> {
  const keys = new Set<string>();
  const profiles = new Set<unknown>();
  const withHosts = new Set<unknown>();
  let done = 0;
  for (const profile of policy.profile.values()) {
    for (const key of dependencyKeys(profile, [])) keys.add(key);
    if ((done += 1) % A_STEP === 0) yield;
  }
  for (const ruleset of policy.ruleset.values()) {
    for (const key of dependencyKeys(ruleset, [])) keys.add(key);
    if ((done += 1) % A_STEP === 0) yield;
  }
  for (const group of policy.group.values()) profiles.add(group.profile_id);
  for (const host of policy.host.values()) withHosts.add(host.group);
  yield;
  const rows = (table: ReadonlyMap<string, Document>, isUsed: (row: Document) => boolean): readonly JsonObject[] =>
    [...table.values()].filter((row) => !isUsed(row)).map(brief);
  return {
    services: rows(policy.service, ({ id }) => keys.has(onService(id))),
    zones: rows(policy.zone, ({ id }) => keys.has(onPeer(id))),
    groups: rows(policy.group, ({ id, name }) => isBuiltinGroup(name) || keys.has(onPeer(id)) || withHosts.has(name)),
    profiles: rows(policy.profile, ({ id }) => profiles.has(id)),
  };
}
