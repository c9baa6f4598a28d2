import type { Address } from './address.js';
import type { DownMsg, Message, Watcher } from './message.js';
import type { Report, ReportSink } from './report.js';
import { CrashBook } from './sys/crash-book.js';

/** What an actor system tells the outside: reports, messages that nobody will handle, ends to monitors that are functions. */
export class Reporter {
  readonly crashes = new CrashBook();
  readonly #sink: ReportSink | undefined;
  readonly #deadLetterHook: ((to: Address, message: Message) => void) | undefined;
  deadLetters = 0;

  constructor(sink: ReportSink | undefined, deadLetterHook: ((to: Address, message: Message) => void) | undefined) {
    this.#sink = sink;
    this.#deadLetterHook = deadLetterHook;
  }

  report(report: Report): void {
    if (report.kind === 'crash') this.crashes.add(report);
    try {
      this.#sink?.(report);
    } catch {
      // The sink is where errors are told; there is nowhere left to tell this one (see ReportSink).
    }
  }

  deadLetter(to: Address, message: Message): false {
    this.deadLetters++;
    try {
      this.#deadLetterHook?.(to, message);
    } catch (error) {
      this.report({ kind: 'callback_fault', where: 'dead letter hook', error });
    }
    return false;
  }

  tellWatcher(watcher: Watcher, down: DownMsg): void {
    try {
      if (typeof watcher === 'function') watcher(down);
      else watcher.ended(down);
    } catch (error) {
      this.report({ kind: 'callback_fault', where: `monitor of ${String(down.pid)}`, error });
    }
  }
}
