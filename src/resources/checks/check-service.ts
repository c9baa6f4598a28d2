import type { CompileError } from '../../firewall/rules/compile-error.js';
import { checkRulesInSteps, FoundFaults, type RulesCheck } from '../../firewall/rules/check-rules.js';
import type { Document, Json, JsonObject } from '../../model/document.js';
import { rulesetsUsingService } from '../../model/references.js';
import { placesWith } from '../../model/rules-of.js';
import type { CheckNeeds } from '../resource.js';
import { type Finding, type Verdict, verdict } from './finding.js';
import { ruleFinding } from './rule-findings.js';
import { loadRuleLookups } from './rule-lookups.js';

/** The rules that a changed service would break, by ruleset: those that compile with the stored one and not with this. */
export async function checkService(doc: JsonObject, before: Document | undefined, needs: CheckNeeds): Promise<Verdict> {
  return verdict(before && (await brokenRules(doc, before, needs)));
}

async function brokenRules(doc: JsonObject, before: Document, needs: CheckNeeds): Promise<Finding | undefined> {
  const users = rulesetsUsingService(before.id, await needs.list('ruleset'));
  if (users.length === 0) return undefined;
  const check = {
    dialect: needs.dialect(),
    unsetTables: needs.unsetTables,
    // Rules for other services don't matter here.
    at: (rules: readonly Json[]) => placesWith(rules, 'service', before.id),
  };
  // Rules for one service are much alike from ruleset to ruleset.
  const now: RulesCheck = { ...check, lookups: await loadRuleLookups(needs), found: new FoundFaults() };
  const then: RulesCheck = { ...check, lookups: await loadRuleLookups(needs, doc), found: new FoundFaults() };
  const found = await needs.run(firstBroken(users, now, then));
  return found && named(found.finding, found.ruleset, doc);
}

/** The first ruleset with faults that it has `then` and not `now`. */
function* firstBroken(
  rulesets: readonly Document[],
  now: RulesCheck,
  then: RulesCheck,
): Generator<void, { readonly finding: Finding; readonly ruleset: Document } | undefined> {
  for (const ruleset of rulesets) {
    const faults = yield* checkRulesInSteps(ruleset['rules'], then);
    if (faults.length > 0) {
      const known = new Set((yield* checkRulesInSteps(ruleset['rules'], now)).map(keyOf));
      const finding = ruleFinding(faults.filter((fault) => !known.has(keyOf(fault))));
      if (finding) return { finding, ruleset };
    }
    yield;
  }
  return undefined;
}

function keyOf({ rule, field, reason }: CompileError): string {
  return JSON.stringify([rule?.direction, rule?.index, field, reason]);
}

/** The fault is the service's, and the answer says whose rule it breaks. */
function named({ violation, more }: Finding, ruleset: Document, doc: JsonObject): Finding {
  const reason = `ruleset ${JSON.stringify(ruleset['name'] ?? ruleset.id)} uses it: ${violation.reason ?? ''}`;
  return {
    violation: { ...violation, path: ['services'], value: doc['services'] ?? null, reason },
    more: { ...more, errors: { 'in ruleset': [ruleset.id] } },
  };
}
