import type { GuardJudgement, Judgement, Judgements } from '../../plan/assertions/assess.js';
import type { Guard } from '../../plan/assertions/guard.js';
import type { KnownGuards } from '../../plan/assertions/guard-book.js';
import type { State } from '../../plan/assertions/judge.js';
import type { Document, JsonObject } from '../../model/document.js';
import type { JudgementRow } from './judgement-row.js';

/** Most guards and groups of guards in one answer: those that are not well come first. */
const MOST = 200;

function judgementJson({ id, name, mode, before, after, witness, reason }: Judgement): JudgementRow {
  return { id, name, mode, before, after, witness, ...(reason === null ? {} : { reason }) };
}

const WORST_FIRST = ['broken', 'unknown', 'holds'];

/** Assertions and guards before and after a change, as plans and refusals have them. */
export function judgementsJson({ assertions, guards }: Judgements): {
  readonly assertions: readonly JudgementRow[];
  readonly guards: readonly JudgementRow[];
} {
  const sorted = [...guards].sort((a, b) => WORST_FIRST.indexOf(a.after) - WORST_FIRST.indexOf(b.after));
  return {
    assertions: assertions.map(judgementJson),
    guards: sorted.slice(0, MOST).map((one) => ({ ...judgementJson(one), guard: one.guard, group: one.group })),
  };
}

/** Most groups that a report names of a guard. */
const GROUPS_NAMED = 20;

function stateJson({ after, witness, reason }: Judgement): JsonObject {
  return { state: after, witness, ...(reason === null ? {} : { reason }) };
}

/** How a guard is in all groups: `broken` and `unknown` name some of those where it is so. */
function guardJson({ id, name, end, kind }: Guard, judged: readonly GuardJudgement[]): JsonObject {
  const own = judged.filter(({ guard }) => guard === id);
  const those = (state: State) => own.filter(({ after }) => after === state);
  const [broken, unknown] = [those('broken'), those('unknown')];
  const named = (some: readonly GuardJudgement[]) =>
    some.slice(0, GROUPS_NAMED).map((one) => ({ group: one.group, ...stateJson(one) }));
  return {
    id,
    name,
    kind,
    end,
    state: broken.length > 0 ? 'broken' : unknown.length > 0 ? 'unknown' : 'holds',
    witness: broken[0]?.witness ?? null,
    groups: own.length,
    broken_count: broken.length,
    unknown_count: unknown.length,
    broken: named(broken),
    unknown: named(unknown),
  };
}

/** How assertions and guards are now (docs/http-api.md#assertion). */
export function reportJson(
  assertions: readonly Document[],
  { guards, idle }: KnownGuards,
  judged: Judgements,
): JsonObject {
  const states = new Map(judged.assertions.map((one) => [one.id, one]));
  return {
    assertions: assertions.map((doc) => ({ ...doc, ...stateJson(states.get(doc.id) as Judgement) })),
    guards: [
      ...guards.map((guard) => guardJson(guard, judged.guards)),
      ...idle.map(({ id, name, reason }) => ({ id, name, state: 'unknown', witness: null, reason })),
    ],
  };
}
