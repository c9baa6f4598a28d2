import type { Document, JsonObject } from '../../model/document.js';
import {
  byVariant,
  RULESET_VARIANTS,
  type RulesetVariant,
  type RulesetVariantKey,
  variantsOfType,
} from '../../model/ruleset-variants.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import { EMPTY_HASH } from '../hash/sha256.js';
import { FIELD_PRINTER, type PrinterName, PRINTERS } from '../printers.js';
import { type CompileError, type CompileWarning, describeError } from '../rules/compile-error.js';
import { compileVariants } from '../rules/compile-ruleset.js';
import type { PolicyModel } from '../rules/read-profile.js';
import { NO_ADDRESSES } from '../rules/ruleset-input.js';
import { setName } from '../sets/set-name.js';
import type { Answers } from './answers.js';
import type { Policy } from './policy.js';
import { type PolicyView, policyView } from './policy-view.js';

/** One text of a group and the hash that its hosts report when they hold it. */
export interface GroupText {
  readonly text: string;
  readonly hash: string;
}

/** The four texts of a group: with sets and without, IPv4 and IPv6 (docs/rulesets.md#hash-of-a-ruleset). */
export type GroupTexts = Readonly<Record<RulesetVariantKey, GroupText>>;

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
  /** What the texts are for; absent: what agents in the field load. */
  readonly printer?: PrinterName;
}

const EMPTY: GroupText = { text: '', hash: EMPTY_HASH };

function refused(reason: GroupError['reason'], message: string): CompiledGroup & { readonly ok: false } {
  return {
    ok: false,
    error: { reason, message },
  };
}

function ruleRefused(variant: RulesetVariantKey, error: CompileError): CompiledGroup & { readonly ok: false } {
  return {
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
  };
}

/** Which rules a group has: its profile, and the ruleset that holds them. */
export interface GroupRules {
  readonly name: string;
  readonly profile: Document;
  /** Absent: the profile holds rules itself, or has none. */
  readonly ruleset: Document | undefined;
}

/** The rules of a group, or why it has none. */
export function findRules(view: PolicyView, groupId: string): GroupRules | (CompiledGroup & { readonly ok: false }) {
  const group = view.group(groupId);
  if (group === undefined) return refused('group_not_found', `there is no group with the id ${groupId}`);
  const { name, profile_id: profileId } = group;
  if (typeof name !== 'string')
    return refused('group_not_found', `the group ${groupId} has no name, or one that is not a string`);
  if (profileId !== undefined && typeof profileId !== 'string') {
    const reason = 'give the id of a profile';
    return ruleRefused('set4', { rule: null, kind: 'shape', field: 'profile_id', value: profileId, reason });
  }
  if (profileId === undefined || profileId === '') {
    return refused('profile_not_found', `the group ${name} has no profile`);
  }
  const profile = view.profile(profileId);
  if (profile === undefined) {
    return refused('profile_not_found', `the profile ${profileId} of the group ${name} does not exist`);
  }
  return { name, profile, ruleset: view.ruleset(profileId) };
}

/** Full names of the sets that stand for the peers of rules, but for those of the group itself: they are few. */
export function setsOfPeers({ inbound, outbound }: PolicyModel, { lookups }: PolicyView): ReadonlySet<string> {
  const sets = new Set<string>();
  for (const { rule } of [...inbound, ...outbound]) {
    if (rule === null || rule.peer.kind === 'anyone') continue;
    const { kind, id, environment } = rule.peer;
    const name = environment === null ? (kind === 'group' ? lookups.groups : lookups.zones).get(id) : undefined;
    const base = environment === null ? name : `${environment}#${id}`;
    if (typeof base === 'string') for (const family of ['v4', 'v6'] as const) sets.add(setName(base, kind, family));
  }
  return sets;
}

/**
 * Compiles rules that were found, step by step. The result depends on the profile, the ruleset and what `answers`
 * gives, and on nothing else: not on the group's id, and on its name only if it is asked for.
 */
export function* compileRules(
  view: PolicyView,
  { profile, ruleset }: Pick<GroupRules, 'profile' | 'ruleset'>,
  answers: Answers,
  { generateUnset, printer: name }: Omit<CompileGroupOptions, 'dialect'>,
): Generator<void, CompiledGroup> {
  const printer = name === undefined ? FIELD_PRINTER : PRINTERS[name];
  const read = yield* view.rules(profile, ruleset, printer);
  if (!read.ok) return ruleRefused('set4', read.error);
  if (generateUnset) yield* view.makeAddresses(setsOfPeers(read.policy, view));
  const made = generateUnset ? RULESET_VARIANTS : variantsOfType('ipsets');
  const variants = made.map(({ type, family: version }) => ({
    type,
    version,
    addresses: type === 'iptables' ? answers.addresses : NO_ADDRESSES,
  }));
  const result = yield* compileVariants(read.policy, answers, variants, view.dialect, printer);
  if (!result.ok) return ruleRefused((made[result.variant] as RulesetVariant).key, result.error);
  const texts = byVariant('key', (variant) => result.texts[made.indexOf(variant)] ?? EMPTY);
  return { ok: true, ...texts, sets: result.sets, warnings: result.warnings };
}

/**
 * Compiles the rulesets of one group from the documents, from scratch and without a pause. The result depends on the
 * documents alone, never on the order in which they came. A fault in another group's policy does not matter here.
 */
export function compileGroup(policy: Policy, groupId: string, options: CompileGroupOptions): CompiledGroup {
  const view = policyView(policy, options.dialect);
  const found = findRules(view, groupId);
  return 'ok' in found ? found : finish(compileRules(view, found, view.answers(found.name), options));
}
