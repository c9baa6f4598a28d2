import type { JsonObject } from '../../model/document.js';
import type { Family } from '../addresses/family.js';
import type { Dialect } from '../dialect.js';
import { sortByBytes } from '../hash/byte-order.js';
import { EMPTY_HASH } from '../hash/sha256.js';
import { type CompileError, type CompileWarning, describeError } from '../rules/compile-error.js';
import { compilePolicy } from '../rules/compile-ruleset.js';
import type { PolicyModel } from '../rules/read-profile.js';
import { NO_ADDRESSES } from '../rules/ruleset-input.js';
import type { RulesetType } from '../rules/emission.js';
import type { Policy } from './policy.js';
import { type PolicyView, policyView } from './policy-view.js';

/** One text of a group and the hash that its hosts report when they hold it. */
export interface GroupText {
  readonly text: string;
  readonly hash: string;
}

/** The four texts of a group: with sets and without, IPv4 and IPv6 (rulesets section 4). */
export interface GroupTexts {
  readonly set4: GroupText;
  readonly set6: GroupText;
  readonly unset4: GroupText;
  readonly unset6: GroupText;
}

/**
 * Why a group has no texts, ready to be stored and shown: `message` is one sentence; for reason `rule`, `variant` says
 * in which text, and `rule` (direction, index), `field` and `value` where and what.
 */
export interface GroupError extends JsonObject {
  readonly reason: 'group_not_found' | 'profile_not_found' | 'rule';
  readonly message: string;
}

export type CompiledGroup =
  | ({
      readonly ok: true;
      /** Names of the sets that the texts name, in byte order: they must exist on a host before it loads them. */
      readonly sets: readonly string[];
      readonly warnings: readonly CompileWarning[];
    } & GroupTexts)
  | { readonly ok: false; readonly error: GroupError };

export interface CompileGroupOptions {
  readonly dialect: Dialect;
  /** Setting `generate_unset_tables`; off: the two texts without sets are empty. */
  readonly generateUnset: boolean;
}

const VARIANTS: readonly (readonly [keyof GroupTexts, RulesetType, Family])[] = [
  ['set4', 'ipsets', 'v4'],
  ['set6', 'ipsets', 'v6'],
  ['unset4', 'iptables', 'v4'],
  ['unset6', 'iptables', 'v6'],
];

const EMPTY: GroupText = { text: '', hash: EMPTY_HASH };

const refused = (reason: GroupError['reason'], message: string): CompiledGroup => ({
  ok: false,
  error: { reason, message },
});

const ruleRefused = (variant: keyof GroupTexts, error: CompileError): CompiledGroup => ({
  ok: false,
  error: {
    reason: 'rule',
    message: describeError(error),
    variant,
    rule: error.rule === null ? null : { direction: error.rule.direction, index: error.rule.index },
    field: error.field,
    kind: error.kind,
    ...(error.value === undefined ? {} : { value: error.value }),
  },
});

const compileTexts = (
  policy: PolicyModel,
  view: PolicyView,
  selfGroup: string,
  generateUnset: boolean,
): CompiledGroup => {
  const texts: Record<keyof GroupTexts, GroupText> = { set4: EMPTY, set6: EMPTY, unset4: EMPTY, unset6: EMPTY };
  const sets = new Set<string>();
  const warnings: CompileWarning[] = [];
  for (const [variant, type, version] of VARIANTS) {
    if (type === 'iptables' && !generateUnset) continue;
    const addresses = type === 'iptables' ? view.addresses : NO_ADDRESSES;
    const result = compilePolicy(policy, { type, version, selfGroup, lookups: view.lookups, addresses }, view.dialect);
    if (!result.ok) return ruleRefused(variant, result.error);
    texts[variant] = { text: result.text, hash: result.hash };
    for (const set of result.sets) sets.add(set);
    warnings.push(...result.warnings);
  }
  return { ok: true, ...texts, sets: sortByBytes([...sets]), warnings };
};

/**
 * Compiles the rulesets of one group from the documents. The outcome hangs on the documents alone, never on the order
 * in which they came. A fault in another group's policy does not matter here.
 */
export const compileGroup = (policy: Policy, groupId: string, options: CompileGroupOptions): CompiledGroup => {
  const view = policyView(policy, options.dialect);
  const group = view.group(groupId);
  if (group === undefined) return refused('group_not_found', `there is no group with the id ${groupId}`);
  const { name, profile_id: profileId } = group;
  if (typeof name !== 'string') return refused('group_not_found', `the group ${groupId} has no name in text`);
  if (profileId !== undefined && typeof profileId !== 'string') {
    const reason = 'give the id of a profile';
    return ruleRefused('set4', { rule: null, kind: 'shape', field: 'profile_id', value: profileId, reason });
  }
  if (profileId === undefined || profileId === '') {
    return refused('profile_not_found', `the group ${name} has no profile`);
  }
  const read = view.rules(profileId);
  if (read === undefined) {
    return refused('profile_not_found', `the profile ${profileId} of the group ${name} does not exist`);
  }
  if (!read.ok) return ruleRefused('set4', read.error);
  return compileTexts(read.policy, view, name, options.generateUnset);
};
