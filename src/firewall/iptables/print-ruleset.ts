import type { Family } from '../addresses/family.js';
import type { RuleChoices } from '../dialect-rules.js';
import type { FirewallRule, RulesetTree } from '../rules/firewall-rule.js';
import { type CommentStyle, printRule } from './print-rule.js';
import { skeletonV4, skeletonV6 } from './skeleton.js';

/** Rules between two pauses. */
const RULES_A_STEP = 64;

/** The lines of rules, each ended by a line feed. */
function* linesOf(
  rules: readonly FirewallRule[],
  family: Family,
  style: CommentStyle,
  printed: (FirewallRule | null)[] | undefined,
): Generator<void, string> {
  const lines: string[] = [];
  for (const [done, rule] of rules.entries()) {
    if (done % RULES_A_STEP === RULES_A_STEP - 1) yield;
    const before = lines.length;
    printRule(rule, family, style, lines);
    if (printed !== undefined) for (let line = before; line < lines.length; line += 1) printed.push(rule);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** A whole ruleset (docs/rulesets.md#the-text-of-a-ruleset), with pauses. */
export function* printRuleset(
  ruleset: RulesetTree,
  { commentStyle }: RuleChoices,
  lines?: (FirewallRule | null)[],
): Generator<void, string> {
  const { family, docker, hostTraffic } = ruleset;
  const frame = family === 'v4' ? skeletonV4(docker) : skeletonV6(hostTraffic);
  const fixed = (text: string): void => {
    if (lines !== undefined) for (const char of text) if (char === '\n') lines.push(null);
  };
  fixed(frame.head);
  const inbound = yield* linesOf(ruleset.inbound, family, commentStyle, lines);
  fixed(frame.middle);
  const answers = yield* linesOf(ruleset.answers, family, commentStyle, lines);
  const outbound = yield* linesOf(ruleset.outbound, family, commentStyle, lines);
  fixed(frame.tail);
  return frame.head + inbound + frame.middle + answers + outbound + frame.tail;
}
