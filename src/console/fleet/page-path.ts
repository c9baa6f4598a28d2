import { place } from '../route/route.js';

/** The path of a page of a list: of the query of this place those that the route knows. */
export function pagePath(route: string, known: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(more);
  for (const key of known) {
    const value = place.value.query.get(key);
    if (value !== null && value !== '') asked.set(key, value);
  }
  const text = asked.toString();
  return text === '' ? route : `${route}?${text}`;
}
