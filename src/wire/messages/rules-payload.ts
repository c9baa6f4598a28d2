import { byVariant, RULESET_VARIANTS, type RulesetWireField } from '../../model/ruleset-variants.js';
import { atom, atomKey, charlist, map, type MapEntry, type Term } from '../term.js';
import { LARGE_LIMITS } from '../decode-limits.js';
import { decodeEnvelope, encodeEnvelope, type Stamp } from './envelope.js';
import { longCharlist } from '../long-charlist.js';
import { describeTerm } from './describe-term.js';
import { MessageError } from './message-error.js';

/**
 * The content of one of the agent's files, or `false`: leave that file alone. The empty string is written and applied.
 */
export type RulesetText = string | false;

/** The four rulesets of a group: addresses as sets (`ipset`) or expanded (`iptables`). */
export type RulesetTexts = Readonly<Record<RulesetWireField, RulesetText>>;

/**
 * What the queue `iptables.<hostkey>` carries: rulesets (docs/protocol.md#ruleset), sets (docs/protocol.md#sets), or
 * both. Empty sets: left alone.
 */
export interface RulesPayload extends RulesetTexts {
  readonly ipsets: string;
}

/** The same to be sent; sets as text, or as the bytes of it in parts that are never changed. */
export interface RulesPayloadToSend extends RulesetTexts {
  readonly ipsets: string | readonly Buffer[];
}

/** IPv4 first, as in the messages of the Erlang server; agents ignore the order. */
const RULESET_KEYS = (['v4', 'v6'] as const).flatMap((family) =>
  RULESET_VARIANTS.filter((variant) => variant.family === family).map(({ wireField }) => wireField),
);

/**
 * Strings are sent as charlists of their UTF-8 bytes; all five keys are always there, or agents crash
 * (docs/protocol.md#ruleset).
 */
export function encodeRulesPayload(payload: RulesPayloadToSend, stamp: Stamp): Buffer {
  const rulesets = RULESET_KEYS.map((key): MapEntry => {
    const text = payload[key];
    return [atom(key), text === false ? atom('false') : charlist(text)];
  });
  const { ipsets } = payload;
  const sets = typeof ipsets === 'string' ? charlist(ipsets) : longCharlist(ipsets);
  return encodeEnvelope(map([[atom('ipsets'), sets], ...rulesets]), stamp);
}

/**
 * What an agent reads. @throws MessageError where the agent would crash: `ipsets` missing or not a string, and the
 * like.
 */
export function decodeRulesPayload(body: Uint8Array): RulesPayload {
  const userData = decodeEnvelope(body, LARGE_LIMITS);
  const ruleset = (key: keyof RulesetTexts): RulesetText => {
    const term = required(userData, key);
    return term.kind === 'atom' && term.name === 'false' ? false : iodataText(key, term);
  };
  return {
    ...byVariant('wireField', ({ wireField }) => ruleset(wireField)),
    ipsets: iodataText('ipsets', required(userData, 'ipsets')),
  };
}

function required(userData: Term, key: string): Term {
  const term = atomKey(userData, key);
  if (term === undefined) throw new MessageError('missing_field', key, `${key}: missing in user_data`);
  return term;
}

/** Agents write any iodata: nested lists of binaries and bytes. */
function iodataText(field: string, term: Term): string {
  const parts: Buffer[] = [];
  const add = (part: Term): void => {
    if (part.kind === 'nil') return;
    if (part.kind === 'binary' || part.kind === 'charlist') parts.push(part.bytes);
    else if (part.kind === 'integer' && Number(part.value) >= 0 && Number(part.value) <= 255) {
      parts.push(Buffer.of(Number(part.value)));
    } else if (part.kind === 'list') {
      part.elements.forEach(add);
      if (part.tail !== undefined) add(part.tail);
    } else throw new MessageError('wrong_type', field, `${field}: ${describeTerm(part)}, where text belongs`);
  };
  add(term);
  return Buffer.concat(parts).toString('utf8');
}
