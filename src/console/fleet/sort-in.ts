import { changeQuery, place } from '../route/route.js';

/** By what the list of this place is sorted, and how to sort it otherwise. */
export function sortIn(first: string): {
  readonly sort: { readonly by: string; readonly order: 'asc' | 'desc' };
  readonly onSort: (by: string, order: 'asc' | 'desc') => void;
} {
  const { query } = place.value;
  return {
    sort: { by: query.get('sort') ?? first, order: query.get('order') === 'desc' ? 'desc' : 'asc' },
    onSort: (by, order) =>
      changeQuery({ sort: by === first ? null : by, order: order === 'asc' ? null : order, offset: null }),
  };
}
