import type { DetailObject } from '../../otp/index.js';
import { whyNotSent, type WhyNotSentNeeds } from '../last-good/why-not-sent.js';
import type { RulesetOutputs } from './ruleset-outputs.js';

export interface GroupStatusNeeds extends WhyNotSentNeeds {
  readonly outputs: RulesetOutputs;
}

/** What operators see of a group's actor. */
export function groupStatus(needs: GroupStatusNeeds, groupId: string, name: string): DetailObject {
  const { outputs } = needs;
  const output = outputs.get(groupId);
  const failure = outputs.failures.get(groupId);
  return {
    group: name,
    name,
    compiled_at: output?.compiledAt ?? null,
    published_at: output?.publishedAt ?? null,
    not_sent: whyNotSent(needs, groupId) ?? null,
    ...heldAt(outputs, groupId),
    ...(failure === undefined ? {} : { error: failure.error }),
  };
}

/** At which revision it is held, if it is. */
function heldAt({ revisions: { pins, waiting } }: RulesetOutputs, groupId: string): DetailObject {
  const pin = pins.get(groupId);
  if (pin === undefined) return {};
  const { number, reason, author } = pin;
  return { pinned: `revision ${number}, by ${author}: ${reason}`, edits_wait: waiting.has(groupId) };
}
