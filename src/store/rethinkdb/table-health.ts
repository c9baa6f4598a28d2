import type { StoreError, TableTrouble } from '../store.js';
import type { Purpose } from './rethink-errors.js';

interface Fault {
  readonly table: string;
  readonly reason: string;
  readonly full: boolean;
  /** Epoch milliseconds at which it was last met. */
  readonly at: number;
}

/** No check shows whether a database is still full: the fault ends when a write succeeds, or after this long, in ms. */
const FULL_FOR_MS = 60_000;

/**
 * What is wrong with single tables, as far as calls and looks have met with it: each fault is there from its first
 * refusal to the first success of its kind.
 */
export class TableHealth {
  readonly #now: () => number;
  readonly #changed: (troubles: readonly TableTrouble[]) => void;
  readonly #faults = new Map<string, Fault>();
  /** Missing tables of policy, which must not be replaced by empty ones. */
  #gone: readonly TableTrouble[] = [];

  constructor(now: () => number, changed: (troubles: readonly TableTrouble[]) => void) {
    this.#now = now;
    this.#changed = changed;
  }

  failed(table: string, purpose: Purpose, { code, message }: StoreError): void {
    const key = `${purpose} ${table}`;
    const before = this.#faults.get(key);
    this.#faults.set(key, { table, reason: message, full: code === 'full', at: this.#now() });
    if (before?.reason !== message) this.#tell();
  }

  succeeded(table: string, purpose: Purpose): void {
    if (this.#faults.size > 0 && this.#faults.delete(`${purpose} ${table}`)) this.#tell();
  }

  /** A call that changed nothing went well: that says nothing of a database that is full. */
  looked(table: string, purpose: Purpose): void {
    const fault = this.#faults.get(`${purpose} ${table}`);
    if (fault === undefined || (fault.full && this.#now() - fault.at < FULL_FOR_MS)) return;
    this.succeeded(table, purpose);
  }

  gone(troubles: readonly TableTrouble[]): void {
    const same =
      troubles.length === this.#gone.length && troubles.every(({ table }, i) => table === this.#gone[i]?.table);
    this.#gone = troubles;
    // A call on one of these has failed with an error that is listed already.
    for (const { table } of troubles) {
      this.#faults.delete(`read ${table}`);
      this.#faults.delete(`write ${table}`);
    }
    if (!same) this.#tell();
  }

  isGone(table: string): boolean {
    return this.#gone.some((trouble) => trouble.table === table);
  }

  #tell(): void {
    const faults = [...this.#faults.values()].map(({ table, reason }) => ({ table, reason }));
    this.#changed([...this.#gone, ...faults]);
  }
}
