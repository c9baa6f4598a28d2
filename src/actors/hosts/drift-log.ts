import type { HashField, Hashes, Wanted } from '../../host/hash-check.js';
import type { Log } from '../../log/log.js';

/** A report whose hashes are not those that are wanted, beyond what is tolerated. */
export interface FailedComparison {
  readonly hostkey: string;
  readonly name: string;
  readonly group: string;
  readonly differing: readonly HashField[];
  readonly wanted: Wanted | undefined;
  readonly reported: Hashes;
}

/** Says in the log that a host drifted, hash by hash: once, and again when other hashes differ than those told. */
export class DriftLog {
  readonly #log: Log;
  #told = '';

  constructor(log: Log) {
    this.#log = log;
  }

  failed({ hostkey, name, group, differing, wanted, reported }: FailedComparison): void {
    const now = differing.join(' ');
    if (now === this.#told) return;
    this.#told = now;
    const of = (field: HashField): string | null =>
      field === 'ipset_hash' ? (wanted?.sets?.newest ?? null) : (wanted?.rules?.hashes[field] ?? null);
    this.#log.warn(
      {
        hostkey,
        name,
        group,
        differing: differing.map((field) => ({ hash: field, wanted: of(field), reported: reported[field] })),
      },
      `the host does not hold what it was sent: ${now} differ`,
    );
  }

  /** The host holds what it was sent. */
  passed(): void {
    this.#told = '';
  }
}
