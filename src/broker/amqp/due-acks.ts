/** What one write to the channel acknowledges: all deliveries up to a tag, and some beyond it one by one. */
export interface AcksToSend {
  /** Absent: the oldest delivery waits for its answer. */
  readonly upTo?: number;
  readonly single: readonly number[];
}

/**
 * Deliveries of one channel that wait for their answer, and those that are to be acknowledged with the next write: in a
 * burst that is one frame for all that are older than the oldest one that waits.
 */
export class DueAcks {
  /** In the order of delivery, so that the first is the oldest. */
  readonly #unanswered = new Set<number>();
  #due: number[] = [];

  /** Tags come in growing order. */
  delivered(tag: number): void {
    this.#unanswered.add(tag);
  }

  /** It was answered in another way, by a frame that is written already. */
  answered(tag: number): void {
    this.#unanswered.delete(tag);
  }

  /** True for the first one since the last `take`. */
  ack(tag: number): boolean {
    this.#unanswered.delete(tag);
    return this.#due.push(tag) === 1;
  }

  take(): AcksToSend {
    const [oldest = Infinity] = this.#unanswered;
    const due = this.#due;
    this.#due = [];
    const single = due.filter((tag) => tag > oldest);
    if (single.length === due.length) return { single };
    return { upTo: Math.max(...due.filter((tag) => tag < oldest)), single };
  }
}
