import { computed, signal } from '@preact/signals';
import { hrefOf, type Query } from './href-of.js';

export { hrefOf, type Query };

/** Where the console is: `#/hosts/ID?tab=sets` is `['hosts', 'ID']` and its query. */
export interface Place {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

const hash = signal(location.hash);
addEventListener('hashchange', () => (hash.value = location.hash));

export const place = computed<Place>(() => readHash(hash.value));

/** Reads what stands behind the `#` of an address. What does not decode stands as it is. */
export function readHash(text: string): Place {
  const [path = '', query = ''] = text.replace(/^#\/?/, '').split('?', 2);
  return {
    segments: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: new URLSearchParams(query),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Goes there, as a link does. */
export function goTo(segments: readonly string[], query: Query = {}): void {
  location.hash = hrefOf(segments, query);
}

/** Changes some of the query of where the console is, without a step in the history. */
export function changeQuery(changes: Query): void {
  const { segments, query } = place.value;
  const href = hrefOf(segments, { ...Object.fromEntries(query), ...changes });
  history.replaceState(null, '', href);
  hash.value = href;
}
