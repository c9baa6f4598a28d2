import type { Family } from '../addresses/family.js';
import type { RuleChoices } from '../dialect-rules.js';
import type { FirewallRule, RulesetTree } from '../rules/firewall-rule.js';
import { type CommentStyle, printRule } from './print-rule.js';
import { skeletonV4, skeletonV6 } from './skeleton.js';

/** Rules between two pauses. */
const RULES_A_STEP = 64;

/** Adds the lines of rules. */
function* addLines(
  rules: readonly FirewallRule[],
  family: Family,
  style: CommentStyle,
  lines: string[],
  printed: (FirewallRule | null)[] | undefined,
): Generator<void, void> {
  for (let at = 0; at < rules.length; at += 1) {
    if (at % RULES_A_STEP === RULES_A_STEP - 1) yield;
    const rule = rules[at] as FirewallRule;
    const before = lines.length;
    printRule(rule, family, style, lines);
    if (printed !== undefined) for (let line = before; line < lines.length; line += 1) printed.push(rule);
  }
}

/** A whole ruleset (docs/rulesets.md#the-text-of-a-ruleset), with pauses. */
export function* printRuleset(
  ruleset: RulesetTree,
  { commentStyle }: RuleChoices,
  printed?: (FirewallRule | null)[],
): Generator<void, string> {
  const { family, docker, hostTraffic } = ruleset;
  const frame = family === 'v4' ? skeletonV4(docker) : skeletonV6(hostTraffic);
  const lines: string[] = [];
  const fixed = (block: readonly string[]): void => {
    lines.push(...block);
    if (printed !== undefined) for (const _line of block) printed.push(null);
  };
  fixed(frame.head);
  yield* addLines(ruleset.inbound, family, commentStyle, lines, printed);
  fixed(frame.middle);
  yield* addLines(ruleset.answers, family, commentStyle, lines, printed);
  yield* addLines(ruleset.outbound, family, commentStyle, lines, printed);
  fixed(frame.tail);
  // The text ends in a line feed.
  lines.push('');
  return lines.join('\n');
}
