import type { KeySpec } from './key-spec.js';

/** Replaces a secret. */
export const REDACTED = '(secret)';

/** A value as errors and `config show` may print it: secrets, and passwords in URLs, are taken out. */
export function showValue(spec: KeySpec | undefined, value: unknown): unknown {
  if (value === undefined || value === null || value === '') return value;
  if (spec?.secret === true) return REDACTED;
  if (typeof value === 'string') return redactUrl(value);
  if (Array.isArray(value))
    return value.map((item) => (typeof item === 'string' ? redactUrl(item) : (item as unknown)));
  return value;
}

/** The URL or other text with `user:password@` turned into `user:***@`, also where it is not a well-formed URL. */
export function redactUrl(text: string): string {
  return text.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^:@/]*):.*@/s, '$1:***@');
}
