import type { JournalRecord, Outcome } from './outbox-contract.js';
import { OutboxLanes } from './outbox-lanes.js';

/** A message in the outbox. */
export interface Entry extends JournalRecord {
  /** The journal was given it. */
  journalled: boolean;
  /** The oldest put whose content only this entry brings. */
  coversFrom: number;
  attempts: number;
  /** Of these, those that the broker refused: a connection that was lost says nothing of the message. */
  refusals: number;
  /** Not before, by the wall clock. */
  retryAt: number;
  readonly settle: (outcome: Outcome) => void;
}

/** Of each target at most one entry that waits and one that is under way. */
interface Slot {
  waiting: Entry | undefined;
  inFlight: Entry | undefined;
}

/** What an entry is made of, beside what the journal keeps. */
export type EntryTerms = Pick<Entry, 'coversFrom' | 'journalled' | 'settle'>;

export function newEntry(record: JournalRecord, terms: EntryTerms): Entry {
  return { ...record, ...terms, attempts: 0, refusals: 0, retryAt: 0 };
}

/** What waits and what is under way, by target: who may go next, and how much it all is. Settles nothing, sends nothing. */
export class OutboxEntries {
  readonly #slots = new Map<string, Slot>();
  readonly #lanes = new OutboxLanes<Entry>();
  /** How many entries have this very body. */
  readonly #bodies = new Map<Uint8Array, number>();
  #size = 0;
  #bytes = 0;
  #inFlight = 0;

  /** Entries waiting or under way. */
  get size(): number {
    return this.#size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Their bodies; one that several share counts once. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry, which may not go before `ready`. Gives back the one whose place it took. */
  add(entry: Entry): Entry | undefined {
    const slot = this.#slot(entry.target);
    const older = slot.waiting;
    if (older !== undefined) {
      entry.coversFrom = older.coversFrom;
      this.#lanes.remove(older);
      this.#count(older, -1);
    }
    slot.waiting = entry;
    this.#count(entry, 1);
    return older;
  }

  /** From now on it may go. False: a newer one came, or a bound took it. */
  ready(entry: Entry): boolean {
    if (this.#slots.get(entry.target)?.waiting !== entry) return false;
    this.#lanes.add(entry);
    return true;
  }

  /** The first entry that may go at `now`: rules of order as `Outbox` has them. */
  next(now: number): Entry | undefined {
    return this.#lanes.next((entry) => this.#mayGo(entry, now));
  }

  /** It goes. */
  send(entry: Entry): void {
    const slot = this.#slot(entry.target);
    this.#lanes.remove(entry);
    slot.waiting = undefined;
    slot.inFlight = entry;
    this.#inFlight++;
    entry.attempts++;
  }

  isInFlight(entry: Entry): boolean {
    return this.#slots.get(entry.target)?.inFlight === entry;
  }

  /** It is done with, wherever it is. */
  remove(entry: Entry): void {
    const slot = this.#slot(entry.target);
    this.#lanes.remove(entry);
    if (slot.waiting === entry) slot.waiting = undefined;
    if (slot.inFlight === entry) this.#leaveFlight(slot);
    this.#count(entry, -1);
    if (slot.waiting === undefined && slot.inFlight === undefined) this.#slots.delete(entry.target);
  }

  /** It is under way no more and waits again in its place. Gives the newer entry that has that place, if one has: this one is gone then. */
  takeBack(entry: Entry): Entry | undefined {
    const newer = this.#takeBack(this.#slot(entry.target), entry);
    if (newer === undefined) this.#lanes.restore([entry]);
    return newer;
  }

  /** Takes back all that is under way. Gives back those that are gone because a newer entry has their place. */
  takeAllBack(): readonly Entry[] {
    const back: Entry[] = [];
    const superseded: Entry[] = [];
    for (const slot of this.#slots.values()) {
      const entry = slot.inFlight;
      if (entry !== undefined) (this.#takeBack(slot, entry) === undefined ? back : superseded).push(entry);
    }
    this.#lanes.restore(back);
    return superseded;
  }

  /** The entry to give up first when there is no room; sets never. */
  victim(): Entry | undefined {
    return this.#lanes.victim();
  }

  /** What waits, was put after `seq` and must not overtake the target. */
  dependents(target: string, seq: number): readonly Entry[] {
    return [...this.#waiting()].filter((entry) => entry.after.includes(target) && entry.seq > seq);
  }

  /** The newest of each target, where the journal has not got it, in the order of the puts. */
  notJournalled(): readonly Entry[] {
    const lacking: Entry[] = [];
    for (const { waiting, inFlight } of this.#slots.values()) {
      const newest = waiting ?? inFlight;
      if (newest?.journalled === false) lacking.push(newest);
    }
    return lacking.sort((a, b) => a.seq - b.seq);
  }

  /** When the next entry is to be tried again, if later than `now`. */
  nextRetry(now: number): number | undefined {
    let next: number | undefined;
    for (const { retryAt } of this.#waiting()) if (retryAt > now) next = Math.min(next ?? Infinity, retryAt);
    return next;
  }

  /** When the oldest waiting entry was put, epoch milliseconds. */
  oldestAt(): number | undefined {
    let oldest: number | undefined;
    for (const { at } of this.#waiting()) oldest = Math.min(oldest ?? Infinity, at);
    return oldest;
  }

  /** Exchanges for which something waits or is under way. */
  exchanges(): ReadonlySet<string> {
    const exchanges = new Set<string>();
    for (const { waiting, inFlight } of this.#slots.values()) {
      const entry = waiting ?? inFlight;
      if (entry !== undefined) exchanges.add(entry.publication.exchange);
    }
    return exchanges;
  }

  *#waiting(): Generator<Entry> {
    for (const { waiting } of this.#slots.values()) if (waiting !== undefined) yield waiting;
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

  #takeBack(slot: Slot, entry: Entry): Entry | undefined {
    this.#leaveFlight(slot);
    const newer = slot.waiting;
    if (newer === undefined) slot.waiting = entry;
    else {
      newer.coversFrom = entry.coversFrom;
      this.#count(entry, -1);
    }
    return newer;
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

  #count(entry: Entry, sign: 1 | -1): void {
    this.#size += sign;
    const { body } = entry.publication;
    // Messages to many may share a body, which takes its room once.
    const sharers = (this.#bodies.get(body) ?? 0) + sign;
    if (sharers > 0) this.#bodies.set(body, sharers);
    else this.#bodies.delete(body);
    if (sharers === (sign === 1 ? 1 : 0)) this.#bytes += sign * body.byteLength;
  }
}
