import { textOf } from '../../model/text-of.js';
import type { SetBook } from '../../world/set-book.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import { type MayPublish, whyHeld } from '../publishing/publishing-gate.js';

export interface MissingSetsNeeds {
  readonly sets: Pick<SetBook, 'published' | 'untaken'>;
}

export interface WhyNotSentNeeds extends MissingSetsNeeds {
  readonly outputs: Pick<RulesetOutputs, 'get' | 'awaited' | 'failures'>;
  readonly gate: MayPublish;
  readonly guard: Pick<AgentGuardState, 'open'>;
}

/**
 * Sets that a group's ruleset names and that hosts are not sent, are sent without what belongs into them, or that the
 * broker found too large as they are now.
 */
export function missingSets(
  { sets: { published, untaken } }: MissingSetsNeeds,
  needed: readonly string[],
): readonly string[] {
  return needed.filter(
    (name) => published?.names.has(name) !== true || published.unusable.has(name) || untaken.has(name),
  );
}

/** Why hosts of this group are not sent a ruleset now, as the end of "not sent, because ..."; `undefined`: they are. */
export function whyNotSent(needs: WhyNotSentNeeds, groupId: string): string | undefined {
  const { outputs, gate, guard } = needs;
  const output = outputs.get(groupId);
  if (output === undefined) {
    if (outputs.awaited.has(groupId))
      return 'it was taken over from another server, and its hosts have yet to report what they run';
    const failure = outputs.failures.get(groupId);
    return failure === undefined
      ? 'the group is not compiled yet'
      : `the group never had a ruleset that compiles: ${textOf(failure.error.message)}`;
  }
  const missing = missingSets(needs, output.ruleset.sets);
  if (missing.length > 0) return `the sets ${missing.slice(0, 5).join(', ')} that it names are not published`;
  if (output.publishedAt !== null) return undefined;
  const held = whyHeld(gate);
  if (held !== undefined) return held;
  return guard.open ? 'the broker has not confirmed it yet' : 'no agent is heard';
}
