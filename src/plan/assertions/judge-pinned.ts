import { textOf } from '../../model/text-of.js';
import { type Pinned, shippedTo } from '../pinned.js';
import { isRefused, type Judgement, type Judgements, type WantedJudgements } from './assess.js';
import type { Case, CaseSide, Court } from './court.js';

function shipping(side: CaseSide, pinned: Pinned): CaseSide {
  return { ...side, compile: (id) => shippedTo(id, pinned, side.compile) };
}

/**
 * Judges a change of policy over what policy compiles to and, where groups are held at revisions, over what ships: a
 * revision names sets, and hosts come and go, so that a write may break what the hosts of a held group let through
 * though nothing that compiles today would show it. What either shows counts.
 */
export function* judgeChange(
  court: Court,
  of: Case,
  pinned: Pinned,
  changedSets: ReadonlySet<string>,
  wanted: WantedJudgements,
): Generator<void, Judgements> {
  const compiled = yield* court.judge(of, wanted);
  if (pinned.size === 0 || of.changes.length === 0) return compiled;
  const { group } = of.after.policy;
  const otherSets = [...pinned].filter(([, { sets }]) => sets.some((name) => changedSets.has(name)));
  const named = otherSets.map(([id]) => ({ id, name: textOf(group.get(id)?.['name']) }));
  const shipped = yield* court.judge(
    {
      before: shipping(of.before, pinned),
      after: shipping(of.after, pinned),
      changes: of.changes,
      groups: [...of.groups, ...named],
    },
    { ...wanted, which: 'turned' },
  );
  return {
    assertions: withRefused(compiled.assertions, shipped.assertions),
    guards: withRefused(compiled.guards, shipped.guards),
  };
}

function withRefused<One extends Judgement>(compiled: readonly One[], shipped: readonly One[]): readonly One[] {
  const refused = new Map(shipped.filter(isRefused).map((one) => [one.id, one]));
  for (const one of compiled) if (isRefused(one)) refused.delete(one.id);
  const there = new Set(compiled.map(({ id }) => id));
  return [
    ...compiled.map((one) => refused.get(one.id) ?? one),
    ...[...refused.values()].filter(({ id }) => !there.has(id)),
  ];
}

/**
 * Judges that a group is held at a revision, or at another one, or let go: what ships before and after. The policy and
 * the sets are the same.
 * @param group the name of the group
 */
export function judgePin(
  court: Court,
  side: CaseSide,
  group: { readonly id: string; readonly name: string },
  pinned: { readonly before: Pinned; readonly after: Pinned },
  wanted: WantedJudgements,
): Generator<void, Judgements> {
  return court.judge(
    { before: shipping(side, pinned.before), after: shipping(side, pinned.after), changes: [], groups: [group] },
    wanted,
  );
}
