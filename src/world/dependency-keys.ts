import type { Document, Json } from '../model/document.js';

/** The key words of the dependency index. */
export function onService(id: string): string {
  return `service:${id}`;
}
/** A group or a zone that a rule names: the rule's `group` value as it stands, its kind does not matter here. */
export function onPeer(id: string): string {
  return `peer:${id}`;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
function field(value: Json | undefined, key: 'inbound' | 'outbound' | 'group' | 'service'): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[key]
    : undefined;
}

const DIRECTIONS = ['inbound', 'outbound'] as const;

function* ruleKeys(rules: Json | undefined): Generator<string> {
  for (const direction of DIRECTIONS)
    for (const rule of list(field(rules, direction))) {
      const peer = field(rule, 'group');
      const service = field(rule, 'service');
      if (typeof peer === 'string') yield onPeer(peer);
      if (typeof service === 'string') yield onService(service);
    }
}

/**
 * Whether two versions of a document hold as many rules, each naming what the other's names in the same place: what
 * rests on it is as before then. Cheaper than finding it all out again.
 */
export function nameTheSame(one: Document, other: Document): boolean {
  for (const direction of DIRECTIONS) {
    const [rules, others] = [list(field(one.rules, direction)), list(field(other.rules, direction))];
    if (rules.length !== others.length) return false;
    for (let at = 0; at < rules.length; at += 1) {
      const [rule, against] = [rules[at], others[at]];
      if (field(rule, 'group') !== field(against, 'group') || field(rule, 'service') !== field(against, 'service'))
        return false;
    }
  }
  return true;
}

/**
 * Everything that a profile's rules name, also what is missing today. Rulesets come by their `profile_id`; very old
 * profiles hold rules themselves (docs/rulesets.md#inputs). A profile that does not exist names nothing.
 */
export function* dependencyKeys(profile: Document | undefined, rulesets: Iterable<Document>): Generator<string> {
  if (profile === undefined) return;
  yield* ruleKeys(profile.rules);
  for (const ruleset of rulesets) yield* ruleKeys(ruleset.rules);
}
