import type { Stamp } from './envelope.js';
import { encodeRulesPayload } from './rules-payload.js';

/**
 * All sets in `ipset restore` syntax, for exchange `ipsets`, or for one host by exchange `iptables`
 * (docs/protocol.md#sets): rulesets are left alone.
 * @throws RangeError for an empty text, which agents would take for "nothing new".
 */
export function encodeIpsets(text: string, stamp: Stamp): Buffer {
  if (text === '') throw new RangeError('an empty ipset text means nothing to agents');
  const rulesets = { ruleset4_ipset: false, ruleset6_ipset: false, ruleset4_iptables: false, ruleset6_iptables: false };
  return encodeRulesPayload({ ...(rulesets as Record<keyof typeof rulesets, false>), ipsets: text }, stamp);
}
