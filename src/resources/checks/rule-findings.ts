import type { CompileError } from '../../firewall/rules/compile-error.js';
import type { Json, JsonObject } from '../../model/document.js';
import type { ViolationType } from '../../model/validate.js';
import type { Finding } from './finding.js';

/** Faults that one answer names; the rest is counted. */
const MAX_NAMED = 100;

const TYPES: Readonly<Record<CompileError['kind'], ViolationType>> = {
  shape: 'wrong_type',
  reference: 'no_match',
  kernel: 'no_match',
};

/** Where a fault stands in the ruleset document. */
export function faultPathOf({ rule, field }: CompileError): readonly (string | number)[] {
  return rule === null ? field.split('.') : ['rules', rule.direction, rule.index, field];
}

/** The refusal of rules: the first fault as the violation, all of them beside it. */
export function ruleFinding(faults: readonly CompileError[], more: JsonObject = {}): Finding | undefined {
  const [first] = faults;
  if (!first) return undefined;
  const value: Json = first.value ?? null;
  return {
    violation: {
      errorType: TYPES[first.kind],
      path: faultPathOf(first),
      value,
      schema: { description: first.reason },
      reason: first.reason,
    },
    more: {
      faults: faults.slice(0, MAX_NAMED).map((fault) => ({
        path: faultPathOf(fault),
        value: fault.value ?? null,
        reason: fault.reason,
      })),
      ...more,
    },
  };
}
