import type { Family } from '../addresses/family.js';
import type { RuleChoices } from '../dialect-rules.js';
import type { FirewallRule, RulesetTree } from '../rules/firewall-rule.js';
import { type CommentStyle, printRule } from './print-rule.js';
import { skeletonV4, skeletonV6 } from './skeleton.js';

/** Rules between two pauses. */
const RULES_A_STEP = 64;

/** Notes for each line of a text, which ends in a line feed, what it was printed from. */
function note<Source>(text: string, source: Source, printed: Source[]): void {
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) printed.push(source);
}

/** The lines of rules. */
function* linesOf(
  rules: readonly FirewallRule[],
  family: Family,
  style: CommentStyle,
  printed: (FirewallRule | null)[] | undefined,
): Generator<void, string> {
  let text = '';
  for (let at = 0; at < rules.length; at += 1) {
    if (at % RULES_A_STEP === RULES_A_STEP - 1) yield;
    const rule = rules[at] as FirewallRule;
    const lines = printRule(rule, family, style);
    text += lines;
    if (printed !== undefined) note(lines, rule, printed);
  }
  return text;
}

/** A whole ruleset (docs/rulesets.md#the-text-of-a-ruleset), with pauses. */
export function* printRuleset(
  ruleset: RulesetTree,
  { commentStyle }: RuleChoices,
  printed?: (FirewallRule | null)[],
): Generator<void, string> {
  const { family, docker, hostTraffic } = ruleset;
  const frame = family === 'v4' ? skeletonV4(docker) : skeletonV6(hostTraffic);
  const fixed = (block: string): string => {
    if (printed !== undefined) note(block, null, printed);
    return block;
  };
  let text = fixed(frame.head);
  text += yield* linesOf(ruleset.inbound, family, commentStyle, printed);
  text += fixed(frame.middle);
  text += yield* linesOf(ruleset.answers, family, commentStyle, printed);
  text += yield* linesOf(ruleset.outbound, family, commentStyle, printed);
  text += fixed(frame.tail);
  return text;
}
