import type { Document } from '../../model/document.js';
import type { Family } from '../addresses/family.js';
import type { Dialect } from '../dialect.js';
import { FIELD_PRINTER } from '../printers.js';
import { compilePolicy, type LineOrigin } from '../rules/compile-ruleset.js';
import { NO_ADDRESSES } from '../rules/ruleset-input.js';
import { findRules } from './compile-group.js';
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

/**
 * The text with sets of a group and family as `compileRules` makes it, with the origins of its lines; undefined: it
 * does not compile.
 */
export function* traceGroup(
  policy: Policy,
  groupId: string,
  family: Family,
  dialect: Dialect,
): Generator<void, TracedText | undefined> {
  const view = policyView(policy, dialect);
  const found = findRules(view, groupId);
  if ('ok' in found) return undefined;
  const { profile, ruleset, name } = found;
  const read = yield* view.rules(profile, ruleset, FIELD_PRINTER);
  if (!read.ok) return undefined;
  const { lookups } = view.answers(name);
  const asked = { type: 'ipsets', version: family, lookups, addresses: NO_ADDRESSES, selfGroup: name } as const;
  const origins: LineOrigin[] = [];
  const result = yield* compilePolicy(read.policy, asked, dialect, FIELD_PRINTER, origins);
  if (!result.ok) return undefined;
  return {
    text: result.text,
    sets: result.sets,
    origins,
    document: ruleset ?? profile,
    table: ruleset ? 'ruleset' : 'profile',
  };
}
