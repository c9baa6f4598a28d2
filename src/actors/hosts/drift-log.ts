import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
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

export interface DriftLogNeeds {
  readonly log: Pick<Log, 'warn'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
}

/**
 * Says in the log and among the events that a host drifted, hash by hash: once, and again when other hashes differ than
 * those told.
 */
export class DriftLog {
  readonly #needs: DriftLogNeeds;
  #told = '';

  constructor(needs: DriftLogNeeds) {
    this.#needs = needs;
  }

  failed({ hostkey, name, group, differing, wanted, reported }: FailedComparison): void {
    const now = differing.join(' ');
    if (now === this.#told) return;
    this.#told = now;
    const of = (field: HashField): string | null =>
      field === 'ipset_hash' ? (wanted?.sets?.newest ?? null) : (wanted?.rules?.hashes[field] ?? null);
    const { log, events } = this.#needs;
    events.put({ kind: 'drift_found', hostkey, name, group, differing });
    log.warn(
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
  passed({ hostkey, name, group }: Pick<FailedComparison, 'hostkey' | 'name' | 'group'>): void {
    if (this.#told !== '') this.#needs.events.put({ kind: 'drift_mended', hostkey, name, group });
    this.#told = '';
  }
}
