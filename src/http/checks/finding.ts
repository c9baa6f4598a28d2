import type { JsonObject } from '../../model/document.js';
import type { Violation } from '../../model/validate.js';

/** What a check found: the first fault, and members that the answer carries beside it. */
export interface Finding {
  readonly violation: Violation;
  readonly more?: JsonObject;
}
