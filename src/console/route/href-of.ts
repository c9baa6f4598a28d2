/** What stands behind the `?` of a place. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The address of a place, such as `#/hosts/ID?tab=sets`. Empty and absent values are left out. */
export function hrefOf(segments: readonly string[], query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '' && value !== false) asked.set(key, String(value));
  const text = asked.toString();
  return `#/${segments.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}
