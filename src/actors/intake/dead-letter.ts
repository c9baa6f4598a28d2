/** A message that could not be handled, as it is kept for people: one line of JSON. */
export interface DeadLetter {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly queue: string;
  /** A word to count by. */
  readonly reason: string;
  /** One sentence. */
  readonly detail: string;
  readonly hostkey?: string;
  readonly body: Uint8Array;
}
