import type { HostKnowledge, HostReport } from '../../host/host-report.js';
import type { Document } from '../../model/document.js';
import type { HostRecord } from './host-record.js';

/**
 * One host's last report with what it left behind, so that the next one that is the same (`RepeatedReports` gives the same
 * object for it) need not be put into the row again. It counts for as long as the row and what is known of the host are the
 * very objects that were left behind: any change of them, by whomever, makes others.
 */
export class LastReport {
  readonly #record: Pick<HostRecord, 'known'>;
  /** Weak: reports are kept for their hosts in one place only, which bounds them. */
  #report: WeakRef<HostReport> | undefined = undefined;
  #row: Document | undefined = undefined;
  #known: HostKnowledge | undefined = undefined;

  constructor(record: Pick<HostRecord, 'known'>) {
    this.#record = record;
  }

  /** The store has this row of the report, and what is known of the host is of it too. */
  stored(report: HostReport, row: Document | undefined): void {
    if (this.#report?.deref() !== report) this.#report = new WeakRef(report);
    this.#row = row;
    this.#known = this.#record.known;
  }

  /** Whether it says again what this row, and what is known, hold as it left them. */
  isAgain(report: HostReport, row: Document | undefined): boolean {
    return (
      row !== undefined && row === this.#row && this.#known === this.#record.known && this.#report?.deref() === report
    );
  }
}
