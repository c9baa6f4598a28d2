import type { Document } from '../../model/document.js';
import type { RulesetType } from '../../model/ruleset-variants.js';
import type { Family } from '../addresses/family.js';
import type { Dialect } from '../dialect.js';
import { FIELD_PRINTER } from '../printers.js';
import { type LineOrigin, printPolicy } from '../rules/compile-ruleset.js';
import { NO_ADDRESSES } from '../rules/ruleset-input.js';
import { findRules, setsOfPeers } from './compile-group.js';
import type { Policy } from './policy.js';
import { policyView } from './policy-view.js';

/** A ruleset with where each of its lines comes from. */
export interface TracedText {
  readonly text: string;
  /** One per line, in order. */
  readonly origins: readonly LineOrigin[];
  /** The document that holds the rules: a ruleset, or a profile of a very old database. */
  readonly document: Document;
  readonly table: 'ruleset' | 'profile';
  /** Names of the sets that it names. */
  readonly sets: readonly string[];
}

/** What is traced of a group, for the families asked for. */
export type TracedGroup<Asked extends Family> = Readonly<Record<Asked, TracedText>>;

/**
 * The texts of a group as `compileRules` makes them, by default those with sets, with the origins of their lines; the
 * rules are read once for all families. Undefined: they do not compile.
 */
export function* traceGroup<Asked extends Family>(
  policy: Policy,
  groupId: string,
  families: readonly Asked[],
  dialect: Dialect,
  type: RulesetType = 'ipsets',
): Generator<void, TracedGroup<Asked> | undefined> {
  const view = policyView(policy, dialect);
  const found = findRules(view, groupId);
  if ('ok' in found) return undefined;
  const { profile, ruleset, name } = found;
  const read = yield* view.rules(profile, ruleset, FIELD_PRINTER);
  if (!read.ok) return undefined;
  if (type === 'iptables') yield* view.makeAddresses(setsOfPeers(read.policy, view));
  const { lookups, addresses } = view.answers(name);
  const traced: Partial<Record<Asked, TracedText>> = {};
  for (const version of families) {
    const asked = {
      type,
      version,
      lookups,
      addresses: type === 'iptables' ? addresses : NO_ADDRESSES,
      selfGroup: name,
    } as const;
    const origins: LineOrigin[] = [];
    const result = yield* printPolicy(read.policy, asked, dialect, FIELD_PRINTER, origins);
    if (!result.ok) return undefined;
    traced[version] = {
      text: result.text,
      sets: result.sets,
      origins,
      document: ruleset ?? profile,
      table: ruleset ? 'ruleset' : 'profile',
    };
  }
  return traced as TracedGroup<Asked>;
}
