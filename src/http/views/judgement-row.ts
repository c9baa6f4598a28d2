import type { JsonObject } from '../../model/document.js';
import type { State } from '../../plan/assertions/judge.js';

/** An assertion or a guard before and after a change. */
export interface JudgementRow extends JsonObject {
  readonly id: string;
  readonly name: string;
  readonly mode: 'enforce' | 'warn';
  readonly before: State;
  readonly after: State;
  readonly witness: JsonObject | null;
  /** Why it is unknown, where it is. */
  readonly reason?: string;
}
