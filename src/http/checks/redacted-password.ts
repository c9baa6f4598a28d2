import type { JsonObject } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import { REDACTED } from '../../store/redact.js';
import type { Finding } from './finding.js';

/** A link whose password is the mark that stands in its place for those who may not see it: nothing is stored to keep. */
export function redactedPassword({ connection }: JsonObject): Finding | undefined {
  if (!isObject(connection) || connection['password'] !== REDACTED) return undefined;
  return {
    violation: {
      errorType: 'no_match',
      path: ['connection', 'password'],
      value: REDACTED,
      schema: { description: "the broker's password" },
      reason: 'this is the mark that stands for a hidden password; send the password itself',
    },
  };
}
