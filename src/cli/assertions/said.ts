/** A string or number of an answer as text; anything else is the empty string. */
export function said(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
