import type { Dialect } from '../../src/firewall/dialect.js';
import type { RulesetResult } from '../../src/firewall/rules/compile-ruleset.js';
import { compileRuleset } from '../../src/firewall/rules/compile-ruleset.js';
import { readRulesetInput } from '../../src/firewall/rules/ruleset-input.js';

/** Compiles an input in the form of the golden cases; what can't be read as one is an error too. */
export function compileInput(input: unknown, dialect: Dialect): RulesetResult {
  const read = readRulesetInput(input as Parameters<typeof readRulesetInput>[0]);
  return read.ok ? compileRuleset(read.input, dialect) : read;
}
