import type { Row } from './row.js';

/** What the process of a bench is told, once. */
export interface BenchOrder {
  readonly name: string;
  /** Of the build that is measured; ends with `/`. */
  readonly dist: string;
  readonly scale: number;
}

/** What it says: progress any number of times, then its rows or why there are none. */
export type BenchWord = { readonly say: string } | { readonly rows: readonly Row[] } | { readonly failed: string };
