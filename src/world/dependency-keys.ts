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
function field(value: Json | undefined, key: string): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })[key]
    : undefined;
}

function* ruleKeys(rules: Json | undefined): Generator<string> {
  for (const direction of ['inbound', 'outbound'])
    for (const rule of list(field(rules, direction))) {
      const peer = field(rule, 'group');
      const service = field(rule, 'service');
      if (typeof peer === 'string') yield onPeer(peer);
      if (typeof service === 'string') yield onService(service);
    }
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
