import type { Json } from './document.js';

/** A stored field that should be a string, or the empty string if it is missing or something else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
