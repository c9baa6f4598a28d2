import { escapeLine } from './escape-line.js';
import { redactLine } from './redact-secrets.js';

/** What `redactLine` and `escapeLine` look for: most lines hold none of it, which is seen in one go. */
const SUSPECT = /[^\n -?A-~]|bearer|basic/i;

/** A line of the log without secrets, that can be shown on a terminal. */
export function safeLine(line: string): string {
  return SUSPECT.test(line) ? escapeLine(redactLine(line)) : line;
}
