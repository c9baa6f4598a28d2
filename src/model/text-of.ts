import type { Json } from './document.js';

/** A stored field that should be text, or the empty text where it is missing or something else. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
