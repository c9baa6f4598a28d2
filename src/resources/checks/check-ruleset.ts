import type { CompileError, RulePosition } from '../../firewall/rules/compile-error.js';
import { checkRulesInSteps } from '../../firewall/rules/check-rules.js';
import type { Document, Json, JsonObject } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import { canonicalText, isList, isObject } from '../../model/validate.js';
import type { CheckNeeds } from '../resource.js';
import { changedRules } from './changed-rules.js';
import type { Verdict } from './finding.js';
import { faultPathOf, ruleFinding } from './rule-findings.js';
import { lookupsOfRules } from './rule-lookups.js';

/**
 * What is wrong with the rules of a ruleset that its schema can't see: ids of nothing (a warning where
 * `api.unknown_references` accepts them), and what the kernel would refuse. Let through are rules that are stored
 * already as they are, and rules that lack a key: consoles save those (docs/http-api.md#clients-in-the-field), and the
 * group that gets one is held back and shows why.
 */
export async function checkRuleset(doc: JsonObject, before: Document | undefined, needs: CheckNeeds): Promise<Verdict> {
  const { rules } = doc;
  const stored = before?.['rules'];
  if (rules === undefined || sameJson(rules, stored)) return {};
  const accepts = needs.acceptsUnknown();
  // What is stored already is let through whatever its faults, so an edit of one rule has one rule checked.
  const { inbound, outbound } = changedRules(rules, stored);
  const looked = new Set([...inbound, ...outbound]);
  const check = {
    lookups: await lookupsOfRules(needs, { inbound, outbound }),
    at: (list: readonly Json[]) => [...list.keys()].filter((place) => looked.has(list[place] as Json)),
    dialect: needs.dialect(),
    unsetTables: needs.unsetTables,
    anyIsEveryone: accepts,
    stored,
  };
  const faults = withoutIncomplete(await needs.run(checkRulesInSteps(rules, check)));
  const fresh = await needs.run(withoutStored(faults, rules, stored));
  const isWarning = ({ kind }: CompileError) => accepts && kind === 'reference';
  const finding = ruleFinding(fresh.filter((fault) => !isWarning(fault)));
  return {
    ...(finding === undefined ? {} : { finding }),
    warnings: fresh.filter(isWarning).map((fault) => ({
      path: faultPathOf(fault),
      value: fault.value ?? null,
      reason: `${fault.reason}; groups with these rules keep their last good ones until there is`,
    })),
  };
}

/** Of a rule that lacks a key only its references count: nothing is compiled from it before it is complete. */
function withoutIncomplete(faults: readonly CompileError[]): readonly CompileError[] {
  const place = ({ rule }: CompileError) => `${rule?.direction} ${rule?.index}`;
  const incomplete = new Set(faults.filter(({ kind, value }) => kind === 'shape' && value === undefined).map(place));
  return faults.filter((fault) => fault.kind === 'reference' || !incomplete.has(place(fault)));
}

/** Rules between two pauses. */
const RULES_A_STEP = 500;

/** The faults of rules that are not stored already as they are. */
function* withoutStored(
  faults: readonly CompileError[],
  rules: Json,
  stored: Json | undefined,
): Generator<void, readonly CompileError[]> {
  if (faults.length === 0 || stored === undefined) return faults;
  const listOf = (of: Json, direction: RulePosition['direction']): readonly Json[] => {
    const list = isObject(of) ? of[direction] : undefined;
    return isList(list) ? list : [];
  };
  const known = { inbound: new Set<string>(), outbound: new Set<string>() };
  for (const direction of ['inbound', 'outbound'] as const) {
    for (const [index, rule] of listOf(stored, direction).entries()) {
      known[direction].add(canonicalText(rule));
      if (index % RULES_A_STEP === RULES_A_STEP - 1) yield;
    }
  }
  const fresh: CompileError[] = [];
  for (const [index, fault] of faults.entries()) {
    const rule = fault.rule === null ? undefined : listOf(rules, fault.rule.direction)[fault.rule.index];
    if (fault.rule === null || rule === undefined || !known[fault.rule.direction].has(canonicalText(rule)))
      fresh.push(fault);
    if (index % RULES_A_STEP === RULES_A_STEP - 1) yield;
  }
  return fresh;
}
