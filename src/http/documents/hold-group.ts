import type { Operations, PinOutcome, WantedPin } from '../../operations/operations.js';
import type { Call } from '../route.js';
import { overrideOf } from './commit.js';
import { overrideSteps } from './commit-policy.js';

/**
 * Holds a group at a revision, or lets it go (`wanted` undefined), unless that breaks what an enforced assertion or a
 * guard expects of what ships, as a write of policy is refused: `assertion_broken` or `guard_broken` where the header
 * gives no reason, which is kept in the same commit. No write of policy comes between.
 */
export async function holdGroup(
  call: Pick<Call, 'deps' | 'author' | 'headers'>,
  operations: Pick<Operations, 'setPin'>,
  groupId: string,
  wanted: WantedPin | undefined,
): Promise<PinOutcome> {
  const { store, runtime } = call.deps;
  const { foresight } = runtime;
  const override = overrideOf(call) ?? null;
  return foresight.inTurn(() =>
    operations.setPin(groupId, wanted, call.author, async (ruleset) => {
      const [{ guards }, stored] = await Promise.all([foresight.guards(), store.list('assertion')]);
      if (guards.length === 0 && stored.length === 0) return [];
      const assertions = stored.map(({ doc }) => doc);
      const judgements = await foresight.judgePin(groupId, ruleset, { assertions, guards, which: 'turned' });
      return overrideSteps({ author: call.author, plan: null, override }, judgements);
    }),
  );
}
