import { backoffMs, type Backoff } from '../otp/index.js';
import { BrokerError } from './broker.js';
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
import { OutboxLanes } from './outbox-lanes.js';

/** Between attempts at one entry that the broker refuses. */
const RETRY: Backoff = { baseMs: 200, maxMs: 30_000 };

interface Entry extends JournalRecord {
  /** The oldest put whose content only this entry brings. */
  coversFrom: number;
  attempts: number;
  /** Of these, those that the broker refused: a connection that was lost says nothing of the message. */
  refusals: number;
  retryAt: number;
  readonly settle: (outcome: Outcome) => void;
}

interface Slot {
  waiting: Entry | undefined;
  inFlight: Entry | undefined;
}

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
  readonly #onRefusal: (exchange: string, reason: string | undefined) => void;
  /** By exchange, why the broker refuses it; said once each. */
  readonly #refused = new Map<string, string>();
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #retry: Backoff;
  readonly #slots = new Map<string, Slot>();
  readonly #lanes = new OutboxLanes<Entry>();
  readonly #refusedTries: number;
  readonly #onRefused: NonNullable<OutboxOptions['onRefused']>;
  /** Targets whose last message was refused: the next is not sent again and again either. */
  readonly #refusedTargets = new Set<string>();
  readonly #counts = { confirmed: 0, superseded: 0, dropped: 0, refused: 0, failed: 0 };
  #connection: BrokerConnection | undefined;
  #stopListening: () => void = () => undefined;
  #entries = 0;
  /** How many entries have this very body. */
  readonly #bodies = new Map<Uint8Array, number>();
  #bytes = 0;
  #inFlight = 0;
  #lastSeq = 0;
  #lastFailure: string | undefined;
  #journalFailure: string | undefined;
  #awake = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];

  constructor(options: OutboxOptions) {
    this.#window = options.window ?? 256;
    this.#maxEntries = options.maxEntries ?? 10_000;
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
    this.#journal = options.journal;
    this.#onJournal = options.onJournal ?? (() => undefined);
    this.#onRefusal = options.onRefusal ?? (() => undefined);
    this.#refusedTries = options.refusedTries ?? 3;
    this.#onRefused = options.onRefused ?? (() => undefined);
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#retry = options.retry ?? RETRY;
    for (const record of this.#journal?.recovered ?? []) {
      this.#lastSeq = Math.max(this.#lastSeq, record.seq);
      // From the first put on: what its predecessors were is not known any more, so every ruleset waits for it.
      const entry = newEntry(record, 0, () => undefined);
      this.#slot(record.target).waiting = entry;
      this.#count(entry, 1);
      this.#lanes.add(entry);
    }
  }

  put(put: OutboxPut): Ticket {
    const seq = ++this.#lastSeq;
    let settle: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => (settle = resolve));
    const after = put.class === 'group' || put.class === 'host' ? ['sets', ...(put.after ?? [])] : (put.after ?? []);
    const { target, publication } = put;
    const record: JournalRecord = { seq, target, class: put.class, after, at: this.#now(), publication };
    const entry = newEntry(record, seq, settle);

    const slot = this.#slot(target);
    const older = slot.waiting;
    if (older !== undefined) {
      entry.coversFrom = older.coversFrom;
      this.#lanes.remove(older);
      this.#count(older, -1);
      this.#settle(older, { kind: 'superseded' });
    }
    slot.waiting = entry;
    this.#count(entry, 1);
    if (this.#journal === undefined) {
      this.#ready(entry);
      return { accepted: Promise.resolve(), outcome };
    }
    const accepted = this.#journal.append(record).then(
      () => {
        this.#noteJournal(undefined);
        this.#ready(entry);
      },
      (error: unknown) => {
        this.#noteJournal(error instanceof Error ? error.message : String(error));
        this.#ready(entry);
        throw error;
      },
    );
    // Who doesn't look at it still finds the failure in the snapshot.
    accepted.catch(() => undefined);
    return { accepted, outcome };
  }

  attach(connection: BrokerConnection): void {
    this.detach();
    this.#connection = connection;
    this.#stopListening = connection.onBlocked(() => this.#wake());
    void connection.closed.then(() => {
      if (this.#connection === connection) this.detach();
    });
    this.#wake();
  }

  detach(): void {
    if (this.#connection === undefined) return;
    this.#connection = undefined;
    this.#stopListening();
    const back: Entry[] = [];
    for (const slot of this.#slots.values()) {
      const lost = slot.inFlight;
      if (lost === undefined) continue;
      if (this.#takeBack(slot, lost)) back.push(lost);
    }
    this.#lanes.restore(back);
    this.#wakeDrained();
  }

  depth(): number {
    return this.#entries;
  }

  drain(limitMs: number): Promise<{ readonly left: number }> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        resolve({ left: this.#entries });
      };
      const timer = setTimeout(finish, limitMs);
      this.#drained.push(finish);
      this.#wakeDrained();
    });
  }

  snapshot(): OutboxSnapshot {
    let oldestAt: number | undefined;
    const pending = new Set<string>();
    for (const { waiting, inFlight } of this.#slots.values()) {
      const exchange = (waiting ?? inFlight)?.publication.exchange;
      if (exchange !== undefined) pending.add(exchange);
      if (waiting !== undefined && (oldestAt === undefined || waiting.at < oldestAt)) oldestAt = waiting.at;
    }
    return {
      attached: this.#connection !== undefined,
      blocked: this.#connection?.blocked,
      waiting: this.#entries - this.#inFlight,
      inFlight: this.#inFlight,
      bytes: this.#bytes,
      oldestAt,
      confirmed: this.#counts.confirmed,
      superseded: this.#counts.superseded,
      dropped: this.#counts.dropped,
      refusedMessages: this.#counts.refused,
      failed: this.#counts.failed,
      lastFailure: this.#lastFailure,
      refused: [...this.#refused]
        .filter(([exchange]) => pending.has(exchange))
        .map(([exchange, reason]) => ({ exchange, reason })),
      journalFailure: this.#journalFailure,
    };
  }

  #noteJournal(failure: string | undefined): void {
    const changed = (failure === undefined) !== (this.#journalFailure === undefined);
    this.#journalFailure = failure;
    if (changed) this.#onJournal(failure);
  }

  /** Accepted: it may be sent, unless a newer one came or a bound took it meanwhile. */
  #ready(entry: Entry): void {
    if (this.#slots.get(entry.target)?.waiting !== entry) return;
    this.#lanes.add(entry);
    this.#keepBounds();
    this.#wake();
  }

  #keepBounds(): void {
    while (this.#entries > this.#maxEntries || this.#bytes > this.#maxBytes) {
      const victim = this.#lanes.victim();
      if (victim === undefined) return;
      const bound = this.#entries > this.#maxEntries ? `${this.#maxEntries} entries` : `${this.#maxBytes} bytes`;
      this.#drop(victim, `the outbox is full (${bound})`);
    }
  }

  #drop(entry: Entry, reason: string): void {
    this.#lanes.remove(entry);
    const slot = this.#slot(entry.target);
    if (slot.waiting === entry) slot.waiting = undefined;
    if (slot.inFlight === entry) this.#leaveFlight(slot);
    this.#count(entry, -1);
    this.#forgetIfEmpty(entry.target, slot);
    this.#journal?.remove(entry.target, entry.seq);
    this.#settle(entry, { kind: 'dropped', reason });
    this.#wakeDrained();
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
    if (connection === undefined || connection.blocked !== undefined) return;
    const now = this.#now();
    while (this.#inFlight < this.#window) {
      const entry = this.#lanes.next((candidate) => this.#mayGo(candidate, now));
      if (entry === undefined) return;
      this.#send(connection, entry);
    }
  }

  #mayGo(entry: Entry, now: number): boolean {
    if (entry.retryAt > now || this.#slots.get(entry.target)?.inFlight !== undefined) return false;
    return entry.after.every((target) => {
      const slot = this.#slots.get(target);
      if (slot === undefined || target === entry.target) return true;
      const owed = slot.inFlight?.coversFrom ?? slot.waiting?.coversFrom ?? Infinity;
      return owed > entry.seq;
    });
  }

  #send(connection: BrokerConnection, entry: Entry): void {
    const slot = this.#slot(entry.target);
    this.#lanes.remove(entry);
    slot.waiting = undefined;
    slot.inFlight = entry;
    this.#inFlight++;
    entry.attempts++;
    // After a detach the entry waits again, and the answer of the old connection no longer counts.
    const current = (): boolean => this.#connection === connection && slot.inFlight === entry;
    connection.publish(entry.publication).then(
      () => {
        if (current()) this.#confirmed(slot, entry);
      },
      (error: unknown) => {
        if (current()) this.#failed(slot, entry, error);
      },
    );
  }

  #confirmed(slot: Slot, entry: Entry): void {
    this.#leaveFlight(slot);
    this.#count(entry, -1);
    this.#forgetIfEmpty(entry.target, slot);
    this.#journal?.remove(entry.target, entry.seq);
    this.#settle(entry, { kind: 'confirmed' });
    if (this.#refused.delete(entry.publication.exchange)) this.#onRefusal(entry.publication.exchange, undefined);
    if (this.#refusedTargets.delete(entry.target)) this.#onRefused(entry.target, entry.publication, undefined);
    this.#wake();
    this.#wakeDrained();
  }

  #failed(slot: Slot, entry: Entry, error: unknown): void {
    this.#lastFailure = error instanceof Error ? error.message : String(error);
    const known = error instanceof BrokerError ? error : undefined;
    // Nobody takes it, or it can't be said in AMQP: another attempt would change nothing.
    if (known?.scope === 'message' && known.code !== 'nacked' && known.code !== 'too_large') {
      this.#drop(entry, known.message);
      this.#wake();
      return;
    }
    if (known?.scope === 'message') entry.refusals++;
    if (known?.scope === 'message' && this.#isRefusedForGood(entry, known.code)) {
      this.#giveUp(slot, entry, known);
      return;
    }
    this.#counts.failed++;
    if (known?.scope === 'connection') {
      // At once, not when `closed` settles: until then every attempt would only fail again.
      this.detach();
      return;
    }
    if (entry.attempts > 1 && known?.scope !== 'message')
      this.#noteRefusal(entry.publication.exchange, this.#lastFailure);
    entry.retryAt = this.#now() + backoffMs(this.#retry, entry.attempts, this.#random());
    this.#wakeForRetry(entry.retryAt);
    if (this.#takeBack(slot, entry)) this.#lanes.restore([entry]);
    this.#wake();
  }

  /** A nack may pass, so it is tried again, unless it was in vain last time; each try gives it to the other queues again. */
  #isRefusedForGood({ refusals, target }: Entry, code: string): boolean {
    return code === 'too_large' || refusals >= this.#refusedTries || this.#refusedTargets.has(target);
  }

  /** It is about this one message: what only waits for its turn goes on. */
  #giveUp(slot: Slot, entry: Entry, { code, message }: BrokerError): void {
    const taken = code === 'nacked' ? 'some' : 'none';
    this.#leaveFlight(slot);
    this.#count(entry, -1);
    this.#forgetIfEmpty(entry.target, slot);
    this.#journal?.remove(entry.target, entry.seq);
    if (taken === 'none') this.#dropDependents(entry);
    this.#refusedTargets.add(entry.target);
    this.#onRefused(entry.target, entry.publication, { reason: message, taken });
    this.#settle(entry, { kind: 'refused', reason: message, taken });
    this.#wake();
    this.#wakeDrained();
  }

  /** What rests on a message that nobody has must not overtake it; who put it decides anew. */
  #dropDependents({ target, seq }: Entry): void {
    for (const { waiting } of [...this.#slots.values()])
      if (waiting?.after.includes(target) === true && waiting.seq > seq)
        this.#drop(waiting, `it was to follow ${target}, which the broker did not take`);
  }

  /** A first failure may be another message's: it takes all with it that are under way on its channel. */
  #noteRefusal(exchange: string, reason: string): void {
    if (this.#refused.get(exchange) === reason) return;
    this.#refused.set(exchange, reason);
    this.#onRefusal(exchange, reason);
  }

  /** False when a newer entry has its place. */
  #takeBack(slot: Slot, entry: Entry): boolean {
    this.#leaveFlight(slot);
    const newer = slot.waiting;
    if (newer === undefined) {
      slot.waiting = entry;
      return true;
    }
    newer.coversFrom = entry.coversFrom;
    this.#count(entry, -1);
    this.#settle(entry, { kind: 'superseded' });
    return false;
  }

  #wakeForRetry(at: number): void {
    if (this.#retryTimer !== undefined) return;
    const delay = Math.max(at - this.#now(), 1);
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#wake();
      const next = this.#nextRetry();
      if (next !== undefined) this.#wakeForRetry(next);
    }, delay);
    // A retry alone is no reason to keep the process.
    this.#retryTimer.unref();
  }

  #nextRetry(): number | undefined {
    const now = this.#now();
    let next: number | undefined;
    for (const { waiting } of this.#slots.values()) {
      if (waiting !== undefined && waiting.retryAt > now) next = Math.min(next ?? Infinity, waiting.retryAt);
    }
    return next;
  }

  #leaveFlight(slot: Slot): void {
    slot.inFlight = undefined;
    this.#inFlight--;
  }

  #slot(target: string): Slot {
    let slot = this.#slots.get(target);
    if (slot === undefined) this.#slots.set(target, (slot = { waiting: undefined, inFlight: undefined }));
    return slot;
  }

  #forgetIfEmpty(target: string, slot: Slot): void {
    if (slot.waiting === undefined && slot.inFlight === undefined) this.#slots.delete(target);
  }

  #count(entry: Entry, sign: 1 | -1): void {
    this.#entries += sign;
    const { body } = entry.publication;
    // Messages to many may share a body, which takes its room once.
    const sharers = (this.#bodies.get(body) ?? 0) + sign;
    if (sharers > 0) this.#bodies.set(body, sharers);
    else this.#bodies.delete(body);
    if (sharers === (sign === 1 ? 1 : 0)) this.#bytes += sign * body.byteLength;
  }

  #settle(entry: Entry, outcome: Outcome): void {
    this.#counts[outcome.kind]++;
    entry.settle(outcome);
  }

  #wakeDrained(): void {
    if (this.#entries > 0) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const finish of drained) finish();
  }
}

function newEntry(record: JournalRecord, coversFrom: number, settle: (outcome: Outcome) => void): Entry {
  return { ...record, coversFrom, attempts: 0, refusals: 0, retryAt: 0, settle };
}
