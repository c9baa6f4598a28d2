import type { Stamp } from './envelope.js';
import { encodeRulesPayload, type RulesetTexts } from './rules-payload.js';

/** A group's ruleset, for exchange `iptables` (docs/protocol.md#ruleset): sets are left alone. */
export function encodeRuleset(texts: RulesetTexts, stamp: Stamp): Buffer {
  return encodeRulesPayload({ ...texts, ipsets: '' }, stamp);
}
