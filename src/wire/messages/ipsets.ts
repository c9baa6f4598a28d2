import { byVariant } from '../../model/ruleset-variants.js';
import type { Stamp } from './envelope.js';
import { encodeRulesPayload } from './rules-payload.js';

/**
 * All sets in `ipset restore` syntax, for exchange `ipsets`, or for one host by exchange `iptables`
 * (docs/protocol.md#sets): rulesets are left alone. The text, or its bytes in
 * parts that are never changed.
 * @throws RangeError for an empty string, which agents would take for "nothing new".
 */
export function encodeIpsets(text: string | readonly Buffer[], stamp: Stamp): Buffer {
  if (text.length === 0) throw new RangeError('an empty ipset text means nothing to agents');
  return encodeRulesPayload({ ...byVariant('wireField', () => false as const), ipsets: text }, stamp);
}
