import type { Database } from '../../sqlite/database.js';

/** How much a log table may hold; the first bound reached drops the oldest rows. */
export interface LogBounds {
  readonly rows: number;
  /** Bytes of text. */
  readonly bytes: number;
  readonly ageMs: number;
}

/** At most this many rows are dropped with one batch, so that trimming never stalls the process. */
const TRIM_STEP = 1_000;

interface LogRow {
  readonly seq: number;
  readonly at: number;
  readonly size: number;
}

/**
 * Keeps a table with `seq`, `at` and `size` columns within its bounds. Runs inside the writer's transaction; `mark`
 * gives what takes the counts back after a rollback.
 */
export class BoundedLog {
  readonly #bounds: LogBounds;
  readonly #oldest;
  readonly #drop;
  #rows = 0;
  #bytes = 0;
  #oldestAt = Infinity;

  constructor(db: Database, table: 'changes' | 'audit', bounds: LogBounds) {
    this.#bounds = bounds;
    this.#oldest = db.prepare<[number], LogRow>(`SELECT seq, at, size FROM ${table} ORDER BY seq LIMIT ?`);
    this.#drop = db.prepare<[number]>(`DELETE FROM ${table} WHERE seq <= ?`);
    const counted = db
      .prepare<[], { rows: number; bytes: number }>(`SELECT count(*) AS rows, total(size) AS bytes FROM ${table}`)
      .get();
    this.#rows = counted?.rows ?? 0;
    this.#bytes = counted?.bytes ?? 0;
    this.#oldestAt = this.#oldest.get(1)?.at ?? Infinity;
  }

  mark(): () => void {
    const [rows, bytes, oldestAt] = [this.#rows, this.#bytes, this.#oldestAt];
    return () => {
      this.#rows = rows;
      this.#bytes = bytes;
      this.#oldestAt = oldestAt;
    };
  }

  added(size: number, at: number): void {
    this.#rows += 1;
    this.#bytes += size;
    this.#oldestAt = Math.min(this.#oldestAt, at);
  }

  /** Drops what is too much. `before` is told up to which `seq`, before the rows go. */
  trim(now: number, before?: (seq: number) => void): void {
    if (!this.#over(now)) return;
    const rows = this.#oldest.all(TRIM_STEP + 1);
    let cut: number | undefined;
    for (const row of rows.slice(0, TRIM_STEP)) {
      this.#oldestAt = row.at;
      if (!this.#over(now)) break;
      cut = row.seq;
      this.#rows -= 1;
      this.#bytes -= row.size;
    }
    if (cut === undefined) return;
    const last = cut;
    this.#oldestAt = rows.find((row) => row.seq > last)?.at ?? Infinity;
    before?.(last);
    this.#drop.run(last);
  }

  #over(now: number): boolean {
    const { rows, bytes, ageMs } = this.#bounds;
    return this.#rows > rows || this.#bytes > bytes || this.#oldestAt < now - ageMs;
  }
}
