import { backoffMs, realClock, type Backoff, type Clock, type TimerHandle } from '../otp/index.js';
import { BrokerError } from './broker.js';
import { type ConfirmFigures, ConfirmTimes } from './confirm-times.js';
import type { BrokerConnection } from './broker.js';
import type {
  JournalRecord,
  Outbox,
  OutboxJournal,
  OutboxOptions,
  OutboxPut,
  OutboxSnapshot,
  Outcome,
  Ticket,
} from './outbox-contract.js';
import { newEntry, OutboxEntries, type Entry } from './outbox-entries.js';
import { OutboxRefusals } from './outbox-refusals.js';

/** Between attempts at one entry that the broker refuses. */
const RETRY: Backoff = { baseMs: 200, maxMs: 30_000 };

/** Makes an outbox; what the journal recovered waits in it. */
export function createOutbox(options: OutboxOptions = {}): Outbox {
  return new OutboxPump(options);
}

class OutboxPump implements Outbox {
  readonly #window: number;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #journal: OutboxJournal | undefined;
  readonly #onJournal: (failure: string | undefined) => void;
  readonly #clock: Pick<Clock, 'now' | 'monotonic' | 'setTimer' | 'clearTimer'>;
  readonly #random: () => number;
  readonly #retry: Backoff;
  readonly #entries = new OutboxEntries();
  readonly #refusals: OutboxRefusals;
  readonly #confirmTimes = new ConfirmTimes();
  readonly #counts = { confirmed: 0, superseded: 0, dropped: 0, refused: 0, failed: 0 };
  #connection: BrokerConnection | undefined;
  #stopListening: () => void = () => undefined;
  #lastSeq = 0;
  #lastFailure: string | undefined;
  #journalFailure: string | undefined;
  #awake = false;
  #retryTimer: TimerHandle | undefined;
  #drained: (() => void)[] = [];

  constructor(options: OutboxOptions) {
    this.#window = options.window ?? 256;
    this.#maxEntries = options.maxEntries ?? 10_000;
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
    this.#journal = options.journal;
    this.#onJournal = options.onJournal ?? (() => undefined);
    this.#clock = options.clock ?? realClock;
    this.#random = options.random ?? Math.random;
    this.#retry = options.retry ?? RETRY;
    this.#refusals = new OutboxRefusals(options);
    for (const record of this.#journal?.recovered ?? []) {
      this.#lastSeq = Math.max(this.#lastSeq, record.seq);
      // From the first put on: what its predecessors were is not known any more, so every ruleset waits for it.
      const entry = newEntry(record, { coversFrom: 0, journalled: true, settle: () => undefined });
      this.#entries.add(entry);
      this.#entries.ready(entry);
    }
  }

  put(put: OutboxPut): Ticket {
    const seq = ++this.#lastSeq;
    let settle: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => (settle = resolve));
    const after = put.class === 'group' || put.class === 'host' ? ['sets', ...(put.after ?? [])] : (put.after ?? []);
    const { target, publication } = put;
    const record: JournalRecord = { seq, target, class: put.class, after, at: this.#clock.now(), publication };
    const journalled = this.#journal !== undefined && !(put.owed === true && this.#sends());
    const entry = newEntry(record, { coversFrom: seq, journalled, settle });
    const older = this.#entries.add(entry);
    if (older !== undefined) this.#superseded(older, entry);
    if (!journalled) {
      this.#ready(entry);
      return { accepted: Promise.resolve(), outcome };
    }
    const accepted = this.#write(record).finally(() => this.#ready(entry));
    // Who doesn't look at it still finds the failure in the snapshot.
    accepted.catch(() => undefined);
    return { accepted, outcome };
  }

  attach(connection: BrokerConnection): void {
    this.detach();
    this.#connection = connection;
    this.#stopListening = connection.onBlocked(() => {
      if (!this.#sends()) this.#writeAll();
      this.#wake();
    });
    void connection.closed.then(() => {
      if (this.#connection === connection) this.detach();
    });
    this.#wake();
    this.#wakeForRetry();
  }

  detach(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    this.#stopListening();
    if (this.#retryTimer !== undefined) this.#clock.clearTimer(this.#retryTimer);
    this.#retryTimer = undefined;
    const superseded = this.#entries.takeAllBack();
    this.#writeAll();
    for (const entry of superseded) this.#settle(entry, { kind: 'superseded' });
    this.#wakeDrained();
  }

  depth(): number {
    return this.#entries.size;
  }

  drain(limitMs: number): Promise<{ readonly left: number }> {
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#clock.clearTimer(timer);
        resolve({ left: this.#entries.size });
      };
      const timer = this.#clock.setTimer(limitMs, finish);
      this.#drained.push(finish);
      this.#wakeDrained();
    });
  }

  snapshot(): OutboxSnapshot {
    const entries = this.#entries;
    const exchanges = entries.exchanges();
    return {
      attached: this.#connection !== undefined,
      blocked: this.#connection?.blocked,
      waiting: entries.size - entries.inFlight,
      inFlight: entries.inFlight,
      bytes: entries.bytes,
      oldestAt: entries.oldestAt(),
      confirmed: this.#counts.confirmed,
      superseded: this.#counts.superseded,
      dropped: this.#counts.dropped,
      refusedMessages: this.#counts.refused,
      failed: this.#counts.failed,
      lastFailure: this.#lastFailure,
      refused: this.#refusals.exchanges().filter(({ exchange }) => exchanges.has(exchange)),
      journalFailure: this.#journalFailure,
    };
  }

  confirms(): ConfirmFigures {
    return this.#confirmTimes.figures();
  }

  /** Whether what may go goes. */
  #sends(): boolean {
    return this.#connection !== undefined && this.#connection.blocked === undefined;
  }

  /** What the journal has not got has to wait, and so it gets it. */
  #writeAll(): void {
    if (this.#journal === undefined) return;
    for (const entry of this.#entries.notJournalled()) {
      entry.journalled = true;
      this.#write(entry).catch(() => undefined);
    }
  }

  async #write(record: JournalRecord): Promise<void> {
    try {
      await this.#journal?.append(record);
      this.#noteJournal(undefined);
    } catch (error) {
      this.#noteJournal(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #noteJournal(failure: string | undefined): void {
    const changed = (failure === undefined) !== (this.#journalFailure === undefined);
    this.#journalFailure = failure;
    if (changed) this.#onJournal(failure);
  }

  /** Accepted: it may be sent, unless a newer one came or a bound took it meanwhile. */
  #ready(entry: Entry): void {
    if (!this.#entries.ready(entry)) return;
    this.#keepBounds();
    this.#wake();
  }

  #keepBounds(): void {
    while (this.#entries.size > this.#maxEntries || this.#entries.bytes > this.#maxBytes) {
      const victim = this.#entries.victim();
      if (victim === undefined) return;
      const bound = this.#entries.size > this.#maxEntries ? `${this.#maxEntries} entries` : `${this.#maxBytes} bytes`;
      this.#end(victim, { kind: 'dropped', reason: `the outbox is full (${bound})` });
    }
  }

  /** One look for work a turn, however many puts and confirms there were. */
  #wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    queueMicrotask(() => {
      this.#awake = false;
      this.#pump();
    });
  }

  #pump(): void {
    const connection = this.#connection;
    if (connection === undefined || !this.#sends()) return;
    const now = this.#clock.now();
    while (this.#entries.inFlight < this.#window) {
      const entry = this.#entries.next(now);
      if (entry === undefined) return;
      this.#send(connection, entry);
    }
  }

  #send(connection: BrokerConnection, entry: Entry): void {
    this.#entries.send(entry);
    // After a detach the entry waits again, and the answer of the old connection no longer counts.
    const current = (): boolean => this.#connection === connection && this.#entries.isInFlight(entry);
    const began = this.#clock.monotonic();
    connection.publish(entry.publication).then(
      () => {
        if (!current()) return;
        this.#confirmTimes.add(this.#clock.monotonic() - began);
        this.#confirmed(entry);
      },
      (error: unknown) => {
        if (current()) this.#failed(entry, error);
      },
    );
  }

  #confirmed(entry: Entry): void {
    this.#end(entry, { kind: 'confirmed' });
    this.#refusals.taken(entry);
    this.#wake();
  }

  #failed(entry: Entry, error: unknown): void {
    this.#lastFailure = error instanceof Error ? error.message : String(error);
    const known = error instanceof BrokerError ? error : undefined;
    // No broker takes it, or it can't be said in AMQP: another attempt would change nothing.
    if (known?.scope === 'message' && known.code !== 'nacked' && known.code !== 'too_large') {
      this.#end(entry, { kind: 'dropped', reason: known.message });
      this.#wake();
      return;
    }
    if (known?.scope === 'message') entry.refusals++;
    if (known?.scope === 'message' && this.#refusals.isForGood(entry, known.code)) {
      this.#giveUp(entry, known);
      return;
    }
    this.#counts.failed++;
    if (known?.scope === 'connection') {
      // At once, not when `closed` settles: until then every attempt would only fail again.
      this.detach();
      return;
    }
    // A first failure may be another message's: it takes all with it that are under way on its channel.
    if (entry.attempts > 1 && known?.scope !== 'message')
      this.#refusals.exchange(entry.publication.exchange, this.#lastFailure);
    entry.retryAt = this.#clock.now() + backoffMs(this.#retry, entry.attempts, this.#random());
    const newer = this.#entries.takeBack(entry);
    if (newer !== undefined) this.#superseded(entry, newer);
    this.#wakeForRetry(entry.retryAt);
    this.#wake();
  }

  /** It is about this one message: what only waits for its turn goes on. */
  #giveUp(entry: Entry, { code, message }: BrokerError): void {
    const taken = code === 'nacked' ? 'some' : 'none';
    this.#forget(entry);
    // What rests on a message that was not taken must not overtake it; who put it decides anew.
    const reason = `it was to follow ${entry.target}, which the broker did not take`;
    if (taken === 'none')
      for (const dependent of this.#entries.dependents(entry.target, entry.seq))
        this.#end(dependent, { kind: 'dropped', reason });
    this.#refusals.message(entry, { reason: message, taken });
    this.#settle(entry, { kind: 'refused', reason: message, taken });
    this.#wake();
    this.#wakeDrained();
  }

  /** One timer for all that is to be tried again: at `at`, or when the next of them is. Only a connection tries. */
  #wakeForRetry(at = this.#entries.nextRetry(this.#clock.now())): void {
    if (this.#retryTimer !== undefined || at === undefined) return;
    this.#retryTimer = this.#clock.setTimer(Math.max(at - this.#clock.now(), 1), () => {
      this.#retryTimer = undefined;
      this.#wake();
      this.#wakeForRetry();
    });
  }

  /** It leaves the outbox, and the journal need not keep it. */
  #forget(entry: Entry): void {
    this.#entries.remove(entry);
    if (entry.journalled) this.#journal?.remove(entry.target, entry.seq);
  }

  /** A newer one has its place. In the journal, too, unless that need not have the newer one. */
  #superseded(entry: Entry, newer: Entry): void {
    if (entry.journalled && !newer.journalled) this.#journal?.remove(entry.target, entry.seq);
    this.#settle(entry, { kind: 'superseded' });
  }

  #end(entry: Entry, outcome: Outcome): void {
    this.#forget(entry);
    this.#settle(entry, outcome);
    this.#wakeDrained();
  }

  #settle(entry: Entry, outcome: Outcome): void {
    this.#counts[outcome.kind]++;
    entry.settle(outcome);
  }

  #wakeDrained(): void {
    if (this.#entries.size > 0) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const finish of drained) finish();
  }
}
