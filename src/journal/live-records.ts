import type { JournalRecord } from '../broker/outbox-contract.js';
import { encodePut, putBytes } from './journal-format.js';

/** The newest record of each target that is not done with, in the order of the puts. */
export class LiveRecords {
  readonly #records = new Map<string, JournalRecord>();
  #bytes = 0;

  get size(): number {
    return this.#records.size;
  }

  /** Their size as records of a segment, about. */
  get bytes(): number {
    return this.#bytes;
  }

  bytesOf(target: string): number {
    const record = this.#records.get(target);
    return record === undefined ? 0 : putBytes(record);
  }

  /** The bytes that `remove` would free. */
  bytesUpTo(target: string, seq: number): number {
    return (this.#records.get(target)?.seq ?? Infinity) <= seq ? this.bytesOf(target) : 0;
  }

  put(record: JournalRecord): void {
    this.#bytes += putBytes(record) - this.bytesOf(record.target);
    this.#records.delete(record.target); // so that the map keeps the order
    this.#records.set(record.target, record);
  }

  /** Takes the target's record out unless it is newer than `seq`. */
  remove(target: string, seq: number): void {
    const record = this.#records.get(target);
    if (record === undefined || record.seq > seq) return;
    this.#bytes -= putBytes(record);
    this.#records.delete(target);
  }

  *encoded(): Generator<readonly Buffer[]> {
    for (const record of this.#records.values()) yield encodePut(record);
  }
}
