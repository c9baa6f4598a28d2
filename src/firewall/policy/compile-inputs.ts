import { createHash } from 'node:crypto';
import type { Document, Json } from '../../model/document.js';
import { rulesOf } from '../../model/rules-of.js';
import { findRules, type CompileGroupOptions } from './compile-group.js';
import type { Policy } from './policy.js';
import { type PolicyView, policyView } from './policy-view.js';

export interface CompileInputsOptions extends Pick<CompileGroupOptions, 'dialect' | 'generateUnset'> {
  /** Names the code that compiles: other code may make other texts of the same policy. */
  readonly compiler: string;
}

/** Documents are immutable, so each is hashed once. */
const hashes = new WeakMap<Document, string>();

function hashOf(document: Document): string {
  const known = hashes.get(document);
  if (known !== undefined) return known;
  const hash = sha256(JSON.stringify(document));
  hashes.set(document, hash);
  return hash;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** What policy answers to this name in a rule, whatever the rule means by it. 0: there is none. */
function answersTo(name: string, policy: Policy, { lookups }: PolicyView): Json {
  const service = policy.service.get(name);
  const known = <Value>(value: Value | undefined): Value | 0 => (value === undefined ? 0 : value);
  return [known(lookups.groups.get(name)), known(lookups.zones.get(name)), known(service && hashOf(service))];
}

/**
 * A hash of everything that a group's texts are compiled from: its name, its profile and ruleset as they are stored, what
 * their rules name, the mode, and the code that compiles. Equal ones mean equal texts, also of another run of this
 * program (docs/architecture.md#texts-that-groups-share). `undefined`: the group has no rules that could be compiled, or
 * its texts hold addresses (`generateUnset`), of which there is no short account.
 */
export function compileInputs(policy: Policy, groupId: string, options: CompileInputsOptions): string | undefined {
  const { compiler, dialect, generateUnset } = options;
  if (generateUnset) return undefined;
  const view = policyView(policy, dialect);
  const found = findRules(view, groupId);
  if ('ok' in found) return undefined;
  const { name, profile, ruleset } = found;
  const named = new Set<string>();
  for (const source of [profile, ...(ruleset === undefined ? [] : [ruleset])])
    for (const { rule } of rulesOf(source))
      for (const reference of [rule['group'], rule['service']]) if (typeof reference === 'string') named.add(reference);
  return sha256(
    JSON.stringify([
      compiler,
      dialect,
      policy.anyIsEveryone === true,
      name,
      hashOf(profile),
      ruleset === undefined ? 0 : hashOf(ruleset),
      Array.from(named, (each) => answersTo(each, policy, view)),
    ]),
  );
}
