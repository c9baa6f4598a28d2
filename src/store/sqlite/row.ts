import type { Stored } from '../store.js';

/** A document in memory, with where it stands in the file. */
export interface Row {
  readonly stored: Stored;
  /** Row number; grows with creation. */
  readonly ord: number;
  /** `rowCheck` of the stored text. */
  readonly sum: number;
}
