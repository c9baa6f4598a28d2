import type { CompileError } from '../../firewall/rules/compile-error.js';
import { checkRulesInSteps } from '../../firewall/rules/check-rules.js';
import type { PolicyLookups } from '../../firewall/rules/policy-lookups.js';
import type { Document, Json, JsonObject } from '../../model/document.js';
import { rulesetsUsingService } from '../../model/references.js';
import { rulesOf } from '../../model/rules-of.js';
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
  const [now, then] = [await loadRuleLookups(needs), await loadRuleLookups(needs, doc)];
  for (const ruleset of users) {
    const rules = rulesNaming(before.id, ruleset);
    const known = new Set((await faultsOf(needs, rules, now)).map(keyOf));
    const broken = (await faultsOf(needs, rules, then)).filter((fault) => !known.has(keyOf(fault)));
    const finding = ruleFinding(broken);
    if (finding) return named(finding, ruleset, doc);
  }
  return undefined;
}

/** Rules for other services don't matter here, but keep their places, so that faults name the right ones. */
function rulesNaming(service: string, ruleset: Document): Json {
  const rules: Record<'inbound' | 'outbound', Json[]> = { inbound: [], outbound: [] };
  const skipped: Json = { service: ' ' };
  for (const { direction, index, rule } of rulesOf(ruleset)) {
    const list = rules[direction];
    while (list.length < index) list.push(skipped);
    list.push(rule['service'] === service ? rule : skipped);
  }
  return rules;
}

function faultsOf(needs: CheckNeeds, rules: Json, lookups: PolicyLookups): Promise<readonly CompileError[]> {
  const { unsetTables } = needs;
  return needs.run(checkRulesInSteps(rules, { lookups, dialect: needs.dialect(), unsetTables }));
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
