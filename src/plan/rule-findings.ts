import { type IdleLine, sameOutcome } from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';
import { findRules } from '../firewall/policy/compile-group.js';
import { policyView } from '../firewall/policy/policy-view.js';
import { type TracedText, traceGroup } from '../firewall/policy/trace-group.js';
import type { JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { Asked } from './fleet-questions.js';
import { sourceIn } from './line-sources.js';

/** A rule of whose lines some could as well not be there, in one family. */
export interface RuleFinding extends JsonObject {
  readonly kind: IdleLine['kind'];
  readonly family: Family;
  /** The rule (docs/http-api.md#explain-and-reach). */
  readonly source: JsonObject;
  /** Whether that is so of all its lines in this family. */
  readonly whole: boolean;
  /** Whether what decides in its place decides otherwise. */
  readonly differs: boolean;
  readonly lines: readonly JsonObject[];
}

export interface GroupFindings {
  readonly id: string;
  readonly name: string;
  /** Why its rules can't be looked at; null: they were. */
  readonly error: string | null;
  readonly rules: readonly RuleFinding[];
}

/** Lines of a rule in its own direction: what lets answers out is no rule of its own. */
function ownLines({ origins, text }: TracedText): ReadonlyMap<number, string> {
  const lines = text.split('\n');
  const own = new Map<number, string>();
  for (const [at, origin] of origins.entries()) {
    const line = lines[at] as string;
    const chain = line.startsWith('-A INPUT') ? 'inbound' : 'outbound';
    if (origin !== null && origin.direction === chain) own.set(at + 1, line);
  }
  return own;
}

/** One number for the rule that a line comes from, and its direction. */
function ruleNumber({ origins }: TracedText, lineNumber: number): number {
  const origin = origins[lineNumber - 1];
  return origin === undefined || origin === null ? -1 : origin.index * 2 + (origin.direction === 'inbound' ? 0 : 1);
}

/** How many lines each rule has. */
function linesByRule(traced: TracedText, lineNumbers: Iterable<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const number of lineNumbers) {
    const rule = ruleNumber(traced, number);
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
}

/** Findings of one text, rule by rule. */
function findingsOf(
  traced: TracedText,
  family: Family,
  own: ReadonlyMap<number, string>,
  idle: readonly IdleLine[],
): readonly RuleFinding[] {
  if (idle.length === 0) return [];
  const counts = linesByRule(traced, own.keys());
  const byRule = new Map<string, IdleLine[]>();
  for (const line of idle) {
    const key = `${line.kind} ${ruleNumber(traced, line.lineNumber)}`;
    const lines = byRule.get(key);
    if (lines === undefined) byRule.set(key, [line]);
    else lines.push(line);
  }
  // The fixed lines take a part of what nearly every rule takes: they are named where no rule decides instead.
  const instead = ({ by }: IdleLine): IdleLine['by'] => {
    const rules = by.filter(({ lineNumber }) => lineNumber === null || traced.origins[lineNumber - 1] !== null);
    return rules.length === 0 ? by : rules;
  };
  const differs = ({ own: ownOutcome }: IdleLine, by: IdleLine['by']): boolean =>
    by.some((outcome) => !sameOutcome(outcome, ownOutcome));
  return [...byRule.values()].map((lines): RuleFinding => {
    const [first] = lines as [IdleLine, ...IdleLine[]];
    return {
      kind: first.kind,
      family,
      source: sourceIn(traced, first.lineNumber),
      whole: lines.length === counts.get(ruleNumber(traced, first.lineNumber)),
      differs: lines.some((line) => differs(line, instead(line))),
      lines: lines.map((line) => ({
        line: own.get(line.lineNumber) ?? '',
        line_number: line.lineNumber,
        differs: differs(line, instead(line)),
        by: instead(line).map((outcome) => ({
          verdict: outcome.verdict,
          line: outcome.rule,
          line_number: outcome.lineNumber,
          source: sourceIn(traced, outcome.lineNumber),
        })),
      })),
    };
  });
}

/** Rules of a group's policy that never decide a packet, or without which nothing would change. */
export function* groupFindings({ fleet, policy, dialect, idle }: Asked, id: string): Generator<void, GroupFindings> {
  const name = textOf(policy.group.get(id)?.name);
  const rules: RuleFinding[] = [];
  const texts = yield* traceGroup(policy, id, ['v4', 'v6'], dialect);
  if (texts === undefined) {
    const found = findRules(policyView(policy, dialect), id);
    const error = 'ok' in found ? found.error.message : 'its rules do not compile';
    return { id, name, error, rules: [] };
  }
  yield;
  for (const family of ['v4', 'v6'] as const) {
    const traced = texts[family];
    const own = ownLines(traced);
    rules.push(...findingsOf(traced, family, own, yield* idle.of(traced, family, own, (name) => fleet.setOf(name))));
    yield;
  }
  return { id, name, error: null, rules };
}
