import type { Json } from './document.js';

/** A stored field that should be text, or the empty text where it is missing or something else. */
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
