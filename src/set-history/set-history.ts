import type { Config } from '../config/schema.js';
import type { Document } from '../model/document.js';
import type { Log } from '../log/log.js';
import { backoffMs, type Backoff, type Clock } from '../otp/index.js';
import { type Change, type Store, StoreError } from '../store/store.js';
import type { Slices } from '../world/slices.js';
import { BodyReader } from './body-reader.js';
import { type BodyEntry, bodyId, bodyRow } from './body-row.js';
import { HistoryFault } from './history-fault.js';
import { bodiesPerPart, charsPerPart, type HistoryBounds, oldBodies } from './old-bodies.js';
import { linesOf, pack } from './packed-sets.js';
import { type Contents, setChanges, sizeOf } from './set-changes.js';

export interface SetHistoryNeeds {
  readonly store: Pick<Store, 'get' | 'listFields' | 'commit'>;
  readonly slices: Pick<Slices, 'run'>;
  readonly clock: Pick<Clock, 'now' | 'setTimer' | 'clearTimer'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly config: Pick<Config, 'set_history'>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** A body of sets that is about to be published. */
export interface NotedBody {
  readonly contents: Contents;
  readonly hash: string;
  /** SHA-256 of its text, in hex. */
  readonly sha: string;
}

/** How the history is: an outage of the store is a state. */
export interface HistoryStatus {
  /** `waits`: the store does not take it; it is tried again. */
  readonly state: 'idle' | 'writes' | 'waits' | 'stopped';
  /** Bodies that wait to be written. */
  readonly waiting: number;
  /** Bodies that were given up in this run, since too many waited. */
  readonly given_up: number;
  readonly reason?: string;
}

interface Waiting extends NotedBody {
  readonly at: number;
  /** Bodies before it that were given up. */
  gap: number;
}

/** What was written last. */
interface Newest {
  readonly seq: number;
  readonly sha: string;
  readonly hash: string;
  /** Undefined: not known any more, so the next one is written whole. */
  readonly contents: Contents | undefined;
}

/** Bodies that wait for the store; of more, those in between are given up: the oldest ones and the newest are kept. */
const MOST_WAITING = 32;
/** Characters that changes may take before a whole body is written instead. */
const LARGE_DELTA = 128 << 10;
/** Characters of a whole body, packed: more are not kept. */
const MOST_PACKED = 6 << 20;
/** Rows removed in one commit. */
const AT_ONCE = 50;
const WAIT: Backoff = { baseMs: 200, maxMs: 10_000 };

/**
 * Keeps what sets held in former times, body by body, in table `set_history`: what changed since the one before, now and
 * then a whole one. Beside publishing: whoever publishes hands a body in and goes on, whatever the store does. A plain
 * object, so that nothing is lost with an actor.
 */
export class SetHistory {
  readonly #needs: SetHistoryNeeds;
  readonly #bounds: HistoryBounds;
  readonly #reader: BodyReader;
  readonly #waiting: Waiting[] = [];
  #entries: BodyEntry[] | undefined;
  #newest: Newest | undefined;
  #running: Promise<void> | undefined;
  #failures = 0;
  #reason: string | undefined;
  #givenUp = 0;
  #timer: object | undefined;
  #stopped = false;

  constructor(needs: SetHistoryNeeds) {
    const { keep, keep_days: keepDays, max_bytes: maxChars } = needs.config.set_history;
    this.#needs = needs;
    this.#bounds = { keep, keepDays, maxChars };
    this.#reader = new BodyReader(needs);
  }

  /** Before it is sent: hosts may have it from then on. The same one again adds nothing. Never waits. */
  note({ contents, hash, sha }: NotedBody): void {
    const last = this.#waiting.at(-1);
    if (this.#stopped || last?.sha === sha || (last === undefined && this.#newest?.sha === sha)) return;
    const one: Waiting = { contents, hash, sha, at: Math.floor(this.#needs.clock.now() / 1000), gap: 0 };
    if (this.#waiting.length >= MOST_WAITING) {
      one.gap = (this.#waiting.pop()?.gap ?? 0) + 1;
      this.#givenUp += 1;
    }
    this.#waiting.push(one);
    if (this.#timer === undefined) this.#run();
  }

  status(): HistoryStatus {
    const state = this.#stopped
      ? 'stopped'
      : this.#running !== undefined
        ? 'writes'
        : this.#timer === undefined
          ? 'idle'
          : 'waits';
    return {
      state,
      waiting: this.#waiting.length,
      given_up: this.#givenUp,
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
    };
  }

  /** Resolves when all are written, or the store has just refused one. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Nothing more is written: this server may not, or is about to end. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#needs.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#waiting.splice(0);
  }

  #run(): void {
    this.#running ??= this.#rounds().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0 && this.#timer === undefined && !this.#stopped) this.#run();
    });
  }

  async #rounds(): Promise<void> {
    const { log, clock, random = Math.random } = this.#needs;
    await Promise.resolve();
    for (let one = this.#waiting[0]; one !== undefined && !this.#stopped; one = this.#waiting[0]) {
      try {
        await this.#write(one);
        if (this.#waiting[0] === one) this.#waiting.shift();
        if (this.#failures > 0) log.info({}, 'the history of sets is written again');
        this.#failures = 0;
        this.#reason = undefined;
      } catch (error) {
        if (this.#stopped) return;
        this.#failures += 1;
        this.#reason = error instanceof Error ? error.message : String(error);
        if (!(error instanceof StoreError)) {
          // What is known of the newest may be wrong: it is read anew.
          this.#entries = undefined;
          this.#newest = undefined;
        }
        const told = { err: error };
        if (error instanceof StoreError && error.code === 'closed') return this.stop();
        if (!(error instanceof StoreError)) log.error(told, 'the history of sets could not be written');
        else if (this.#failures === 1) log.warn(told, 'the store does not take the history of sets; trying again');
        this.#timer = clock.setTimer(backoffMs(WAIT, this.#failures, random()), () => {
          this.#timer = undefined;
          this.#run();
        });
        return;
      }
    }
  }

  async #write(one: Waiting): Promise<void> {
    this.#entries ??= [...(await this.#reader.entries())];
    // A restart with nothing changed: what the newest held is read when something else follows.
    if (this.#newest === undefined && this.#entries.at(-1)?.sha === one.sha) return;
    this.#newest ??= await this.#readNewest(this.#entries);
    const { seq = 0, sha, hash = null } = this.#newest ?? {};
    // One that was handed in again.
    if (sha === one.sha) return;
    const { kind, chars, holds } = await this.#held(one, this.#entries);
    const { at, gap } = one;
    const entry = { id: bodyId(seq + 1), seq: seq + 1, at, hash: one.hash, sha: one.sha, kind, gap, chars };
    await this.#commit([{ op: 'upsert', table: 'set_history', id: entry.id, edit: () => bodyRow(entry, hash, holds) }]);
    this.#entries.push(entry);
    this.#newest = { seq: entry.seq, sha: one.sha, hash: one.hash, contents: one.contents };
    await this.#letGo(this.#entries);
  }

  async #readNewest(entries: readonly BodyEntry[]): Promise<Newest | undefined> {
    const entry = entries.at(-1);
    if (entry === undefined) return undefined;
    const { seq, sha, hash } = entry;
    try {
      return { seq, sha, hash, contents: await this.#reader.contents(entry, entries) };
    } catch (error) {
      if (!(error instanceof HistoryFault)) throw error;
      this.#needs.log.error({ err: error }, 'what the last kept sets held is not known; the next ones are kept whole');
      return { seq, sha, hash, contents: undefined };
    }
  }

  /** What is written of a body: what changed, or all of it. */
  async #held(
    { contents }: NotedBody,
    entries: readonly BodyEntry[],
  ): Promise<Pick<BodyEntry, 'kind' | 'chars'> & { readonly holds: Pick<Document, string> }> {
    const { slices } = this.#needs;
    const before = this.#newest?.contents;
    const start = entries.findLastIndex(({ kind }) => kind !== 'delta');
    const part = entries.slice(Math.max(0, start));
    const room = charsPerPart(this.#bounds) - part.reduce((sum, { chars }) => sum + chars, 0);
    const canFollow = part[0]?.kind === 'whole' && part.length < bodiesPerPart(this.#bounds);
    if (before !== undefined && canFollow) {
      const sets = await slices.run(setChanges(before, contents));
      const chars = sizeOf(sets);
      if (chars <= LARGE_DELTA && chars <= room) return { kind: 'delta', chars, holds: { sets } };
    }
    const packed = await pack(await slices.run(linesOf(contents)));
    const { length: chars } = packed;
    if (chars > Math.min(MOST_PACKED, charsPerPart(this.#bounds))) return { kind: 'lost', chars: 0, holds: {} };
    return { kind: 'whole', chars, holds: { packed } };
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    const done = await this.#needs.store.commit(changes, { author: 'system', audit: false });
    if (!done.ok) throw new HistoryFault(`the history of sets was not taken: ${done.failure.reason}`);
  }

  async #letGo(entries: BodyEntry[]): Promise<void> {
    const now = this.#needs.clock.now() / 1000;
    const going = oldBodies(entries, now, this.#bounds);
    for (let at = 0; at < going.length; at += AT_ONCE) {
      const ids = going.slice(at, at + AT_ONCE);
      await this.#commit(ids.map((id) => ({ op: 'remove', table: 'set_history', id })));
      entries.splice(0, ids.length);
    }
  }
}
