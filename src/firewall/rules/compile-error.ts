import type { Json } from '../../model/document.js';

export type Direction = 'inbound' | 'outbound';

/** Where a rule stands in the ruleset document; `index` counts from 0, as in the path `rules.inbound[0]`. */
export interface RulePosition {
  readonly direction: Direction;
  readonly index: number;
}

/**
 * What kind of fault it is.
 * - `shape`: a field is missing or of the wrong type; counts for inactive rules too.
 * - `reference`: an id that does not exist; counts for inactive rules too.
 * - `kernel`: the kernel would refuse the line, or print it back changed.
 */
export type FaultKind = 'shape' | 'reference' | 'kernel';

/** Something in a rule that can't be compiled: which field, what it holds, and why, with what would be right. */
export interface Fault {
  readonly kind: FaultKind;
  /** Key of the rule, or of the profile when there is no rule. */
  readonly field: string;
  readonly reason: string;
  /** What the field holds; absent when the field is. */
  readonly value?: Json;
}

/** Why a ruleset can't be compiled. `rule` is null for faults of the profile or the input. */
export interface CompileError extends Fault {
  readonly rule: RulePosition | null;
}

/** Something that was not compiled as a reader of the rule may expect. */
export interface CompileWarning {
  readonly rule: RulePosition | null;
  readonly field: string;
  readonly message: string;
}

function shortValue(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** `rules.inbound[0].comment`, or the field alone when there is no rule. */
export function faultPath(at: { readonly rule: RulePosition | null; readonly field: string }): string {
  return at.rule === null ? at.field : `rules.${at.rule.direction}[${at.rule.index}].${at.field}`;
}

/** One sentence: where, what it holds, why. */
export function describeError(error: CompileError): string {
  const holds = error.value === undefined ? '' : ` ${shortValue(error.value)}`;
  return `${faultPath(error)}${holds}: ${error.reason}`;
}
