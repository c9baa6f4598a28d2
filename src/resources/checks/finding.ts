import type { Json, JsonObject } from '../../model/document.js';
import type { Violation } from '../../model/validate.js';

/** What a check found: the first fault, and members that the answer carries beside it. */
export interface Finding {
  readonly violation: Violation;
  readonly more?: JsonObject;
}

/** Something that a write was let through with: the place in the document, what it holds, and why that is worth knowing. */
export interface WriteWarning {
  readonly path: readonly (string | number)[];
  readonly value: Json;
  readonly reason: string;
}

/** What refuses a write, if anything, and what it is let through with. */
export interface Verdict {
  readonly finding?: Finding;
  readonly warnings?: readonly WriteWarning[];
}

/** The verdict of a check that finds something or nothing. */
export function verdict(finding: Finding | undefined, warnings: readonly WriteWarning[] = []): Verdict {
  return finding === undefined ? { warnings } : { finding, warnings };
}
