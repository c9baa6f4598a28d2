import { BOUND_KEYS, type JsonBounds } from './json-bounds.js';

const WHAT: Readonly<Record<keyof JsonBounds, string>> = {
  depth: 'nested levels',
  values: 'values',
  members: 'members in one object',
  characters: 'characters in its strings and keys',
};

/** JSON that is valid as far as it was read, and over one of the bounds. */
export class JsonTooLargeError extends Error {
  override readonly name = 'JsonTooLargeError';
  readonly bound: keyof JsonBounds;
  readonly limit: number;
  /** What there are too many of. */
  readonly what: string;
  /** The configuration key that sets the bound. */
  readonly key: string;
  constructor(bound: keyof JsonBounds, limit: number) {
    const [what, key] = [WHAT[bound], BOUND_KEYS[bound]];
    super(`more than ${limit} ${what} (${key})`);
    this.bound = bound;
    this.limit = limit;
    this.what = what;
    this.key = key;
  }
}
