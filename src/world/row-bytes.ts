import { roughBytes } from '../model/rough-bytes.js';
import type { RowChange } from '../model/row-change.js';

/** About what all rows of a table take, in bytes: kept current from the table's changes. */
export class RowBytes {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  update({ before, after }: RowChange): void {
    this.#bytes += (after === undefined ? 0 : roughBytes(after)) - (before === undefined ? 0 : roughBytes(before));
  }
}
