import type { Detail, DetailObject } from '../published.js';

const DEPTH = 6;
const ENTRIES = 100;
const VALUES = 2000;
const CHARACTERS = 1000;

/** A state as it is kept and shown: what is left out is said in its place. */
export function boundDetail(detail: DetailObject): DetailObject {
  let values = 0;
  const bound = (value: Detail, depth: number): Detail => {
    if (++values > VALUES) return '… (too much to show)';
    if (typeof value === 'string') {
      return value.length > CHARACTERS ? `${value.slice(0, CHARACTERS)}… (${value.length} characters)` : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (depth === 0) return '… (too deep to show)';
    if (Array.isArray(value)) {
      const list = value as readonly Detail[];
      const shown = list.slice(0, ENTRIES).map((each) => bound(each, depth - 1));
      return list.length > ENTRIES ? [...shown, `… (${list.length} in all)`] : shown;
    }
    return boundObject(value as DetailObject, depth);
  };
  const boundObject = (object: DetailObject, depth: number): DetailObject => {
    const keys = Object.keys(object);
    const shown = keys.slice(0, ENTRIES).map((key) => [key, bound(object[key] ?? null, depth - 1)]);
    if (keys.length > ENTRIES) shown.push(['…', `(${keys.length} in all)`]);
    return Object.fromEntries(shown) as DetailObject;
  };
  return boundObject(detail, DEPTH);
}
