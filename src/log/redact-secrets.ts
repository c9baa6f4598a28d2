/** Replaces a secret. */
const CENSOR = '(secret)';
/** Keys whose values never reach a log, wherever they stand; `-` and case do not matter. */
const SECRET_KEYS =
  /^(.*_)?(password|passwd|passphrase|secret|authorization|token|cookie|set_cookie|aws_key|private_key|keyfile_pem|api_key)$/;
/** Deeper than any log field of ours; deeper values are left out instead of searched. */
const MAX_DEPTH = 8;

/** A log field with all secrets taken out; the same object when it holds none. Errors are left to their serializer. */
export function redactSecrets<T>(value: T, depth = 0): T {
  if (typeof value !== 'object' || value === null || value instanceof Error || ArrayBuffer.isView(value)) return value;
  if (depth === MAX_DEPTH) return '(too deep)' as T;
  if (Array.isArray(value)) {
    const given = value as readonly unknown[];
    const items = given.map((item) => redactSecrets(item, depth + 1));
    return (items.some((item, index) => item !== given[index]) ? items : value) as T;
  }
  // Objects that print themselves (dates, URLs) are printed so, and the line's own pass takes out what is in them.
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  const fields = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(fields)) {
    const inner = fields[key];
    const safe = isSecretKey(key) && inner !== null && inner !== undefined ? CENSOR : redactSecrets(inner, depth + 1);
    if (safe !== inner) (copy ??= { ...fields })[key] = safe;
  }
  return (copy ?? fields) as T;
}

/** Keys that were looked at: lines have the same few again and again. Of one key the answer never changes. Bounded. */
const known = new Map<string, boolean>();
const MOST_KNOWN = 1000;

/** Whether values under this name never reach a log. */
export function isSecretKey(key: string): boolean {
  const found = known.get(key);
  if (found !== undefined) return found;
  const secret = SECRET_KEYS.test(key.toLowerCase().replaceAll('-', '_'));
  if (known.size < MOST_KNOWN && key.length < 100) known.set(key, secret);
  return secret;
}

/** A finished log line with credentials in URLs and in Authorization headers taken out of its strings. */
export function redactLine(line: string): string {
  if (!line.includes('@') && !/bearer|basic/i.test(line)) return line;
  return (
    line
      // Begins at `://`, not at the scheme, so that it takes a time that grows with the length alone.
      .replace(/(:\/\/[^\s:@/"\\]*):[^\s/"\\]*@/g, '$1:***@')
      .replace(/\b(bearer|basic) +[A-Za-z0-9._~+/=-]{8,}/gi, '$1 ***')
  );
}
