import type { RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import type { AgentGuardState } from '../actors/guard/agent-guard-state.js';
import { type MayPublish, whyHeld } from '../actors/publishing/publishing-gate.js';
import type { Outbox } from '../broker/outbox-contract.js';

export interface WhatIsLeftNeeds {
  readonly outbox: Pick<Outbox, 'depth' | 'snapshot'>;
  readonly outputs: Pick<RulesetOutputs, 'values'>;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly gate: MayPublish;
}

/**
 * What has not gone out, one sentence per thing, for the last log line: messages that wait for the broker, and rulesets that
 * are held back before it. `kept`: there is a journal.
 */
export function whatIsLeft({ outbox, outputs, guard, gate }: WhatIsLeftNeeds, kept: boolean): readonly string[] {
  const left: string[] = [];
  const waiting = outbox.depth();
  const { journalFailure } = outbox.snapshot();
  if (waiting > 0) {
    const where = !kept ? '' : journalFailure === undefined ? ' (kept in the journal)' : ` (${journalFailure})`;
    left.push(`${waiting} messages that the broker has not confirmed${where}`);
  }
  const why = whyHeld(gate) ?? (guard.open ? undefined : 'no agent is heard');
  const held = why === undefined ? 0 : [...outputs.values()].filter(({ publishedAt }) => publishedAt === null).length;
  if (held > 0) left.push(`${held} rulesets held back because ${why} (kept in the store, sent after the next start)`);
  return left;
}
