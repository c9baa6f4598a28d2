import type { Clock } from './clock.js';
import type { Message } from './message.js';
import type { Process } from './process.js';
import type { Report } from './report.js';
import { isOrderToEnd } from './sys/order-to-end.js';
import type { LongMailbox } from './sys/sys.js';

/** When a mailbox is long: `high` messages wait, until no more than `low` do. */
export interface LongMailboxMarks {
  readonly high: number;
  readonly low: number;
}

/** What mailboxes need of the actor system. */
export interface MailboxHost {
  readonly clock: Clock;
  schedule(process: Process): void;
  report(report: Report): void;
}

/** Puts messages into mailboxes, and knows which are full and which are long. */
export class Mailboxes {
  readonly #host: MailboxHost;
  readonly #marks: LongMailboxMarks;
  /** Full or long; whether it was reported as long (that it is full is a report of its own). */
  readonly #long = new Map<Process, boolean>();
  /** Messages dropped by full mailboxes. */
  dropped = 0;

  constructor(host: MailboxHost, marks: LongMailboxMarks) {
    const { high, low } = marks;
    if (!(high > low && low >= 0))
      throw new RangeError(`longMailbox: high ${high} must be over low ${low}, low 0 or more`);
    this.#host = host;
    this.#marks = marks;
  }

  /** Length at which a mailbox that is not long gets a second look. */
  markOf(maxQueue: number): number {
    return Math.min(maxQueue, this.#marks.high);
  }

  /** What must get in, full or not. */
  deliver(process: Process, message: Message): void {
    const { oversight, mailbox } = process;
    if (oversight?.suspended === true && isOrderToEnd(process, message)) {
      oversight.orders.push(message);
    } else {
      if (mailbox.length >= process.mark) this.#noteLong(process, true);
      mailbox.push(message);
    }
    this.#host.schedule(process);
  }

  /** The process has worked some of it off. */
  eased(process: Process): void {
    const { length } = process.mailbox;
    if (process.overflowing && length <= process.maxQueue / 2) process.overflowing = false;
    if (length <= Math.min(this.#marks.low, process.maxQueue / 2)) this.#notLong(process, length);
  }

  /** For the step in which a process dies. */
  gone(process: Process): void {
    this.#notLong(process, 0);
  }

  long(): readonly LongMailbox[] {
    return Array.from(this.#long.keys(), ({ pid, mailbox, longSince = 0 }) => ({
      pid,
      length: mailbox.length,
      since: longSince,
    }));
  }

  /** For a mailbox that has come to its mark: false, and counted, if the next message is dropped. */
  hasRoom(process: Process): boolean {
    const isFull = process.mailbox.length >= process.maxQueue;
    this.#noteLong(process, !isFull);
    if (!isFull) return true;
    process.dropped++;
    this.dropped++;
    if (!process.overflowing) {
      process.overflowing = true;
      const { pid, maxQueue, dropped } = process;
      this.#host.report({ kind: 'overflow', pid, maxQueue, dropped });
    }
    return false;
  }

  #noteLong(process: Process, tell: boolean): void {
    if (process.longSince !== undefined) return;
    process.longSince = this.#host.clock.now();
    process.mark = process.maxQueue;
    this.#long.set(process, tell);
    if (tell) this.#host.report({ kind: 'mailbox_long', pid: process.pid, length: process.mailbox.length });
  }

  #notLong(process: Process, length: number): void {
    if (process.longSince === undefined) return;
    const told = this.#long.get(process);
    process.longSince = undefined;
    process.mark = this.markOf(process.maxQueue);
    this.#long.delete(process);
    if (told === true) this.#host.report({ kind: 'mailbox_short', pid: process.pid, length });
  }
}
