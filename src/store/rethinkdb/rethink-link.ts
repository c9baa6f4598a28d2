import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RunOptions } from 'rethinkdb-ts';
import { backoffMs, type Backoff } from '../../otp/index.js';
import { StoreError } from '../store.js';
import type { StoreStatus } from '../store-status.js';
import { connectToServer, type LoginOptions, type RethinkServer } from './connect-to-server.js';
import { inTime } from './in-time.js';
import type { Purpose } from './rethink-errors.js';
import { isGone, isRefusal, rethinkError } from './rethink-errors.js';
import type { TableHealth } from './table-health.js';

export interface LinkOptions extends LoginOptions {
  /** Tried in turn. */
  readonly servers: readonly RethinkServer[];
  readonly db: string;
}

/** A term of a query, as far as running it goes. */
export interface Term {
  run(connection: Connection, options?: RunOptions): Promise<unknown>;
}

/** Documents come as they are stored: no dates made of what looks like one. */
const RAW: RunOptions = { timeFormat: 'raw', binaryFormat: 'raw', arrayLimit: 10_000_000 };
/** Making tables, and waiting for their replicas after a restart, takes longer than a call may. */
const PREPARE_MS = 60_000;
const RETRY: Backoff = { baseMs: 100, maxMs: 5_000 };
/** Shortest time between two searches for missing tables and indexes, in ms, however many calls find them missing. */
const MEND_MS = 1_000;
/** Used in place of a table's name for what can't be made. */
const MISSING = 'missing tables and indexes';

/**
 * The connection that queries share (they do not wait for each other on it). When it is lost, calls fail at once, the
 * status goes down, and it is made anew until it is back, with back-off and jitter, at the next of the servers.
 */
export class RethinkLink {
  readonly #options: LinkOptions;
  readonly #status: StoreStatus;
  readonly #prepare: (connection: Connection) => Promise<void>;
  #connection: Connection | undefined;
  #attempts = 0;
  #closed = false;
  #first: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #mending: Promise<boolean> | undefined;
  #mendedAt = -Infinity;
  readonly #stop = new AbortController();
  /** What calls have met with, by table. */
  readonly health: TableHealth;

  /** `prepare` runs on every new connection before anything else may, and again where something is found missing. */
  constructor(
    options: LinkOptions,
    status: StoreStatus,
    health: TableHealth,
    prepare: (connection: Connection) => Promise<void>,
  ) {
    this.#options = options;
    this.#status = status;
    this.health = health;
    this.#prepare = prepare;
    // Every feed that is just being connected listens, and there are more than ten: no leak to be warned of.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Resolves after the first attempt, whatever came of it, but no later than after `waitMs`. */
  async start(waitMs?: number): Promise<void> {
    this.#first = this.#attempt().then((outcome) => {
      if (outcome === 'lost') this.#look();
    });
    if (waitMs === undefined) return this.#first;
    const waited = new AbortController();
    const enough = sleep(waitMs, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([this.#first, enough]);
    waited.abort();
  }

  /** `table`: which one the query is about; it is named in errors, and what is refused there is known from then on. */
  read<T>(term: Term, table?: string): Promise<T> {
    return this.#unlessMissing<T>(term, 'read', table);
  }

  write<T>(term: Term, table: string): Promise<T> {
    return this.#unlessMissing<T>(term, 'write', table);
  }

  /** Runs what changes nothing, to see whether it may be run. */
  async look(term: Term, table: string, purpose: Purpose): Promise<void> {
    await this.#run(term, purpose, table);
    this.health.looked(table, purpose);
  }

  /** Makes again what is missing of the database, and knows from then on what can't be. False: it was not tried. */
  mend(): Promise<boolean> {
    this.#mending ??= this.#mend().finally(() => (this.#mending = undefined));
    return this.#mending;
  }

  /** A feed of this table was refused on its own connection. */
  feedFailed(table: string, error: StoreError): void {
    if (error.code === 'refused') this.health.failed(table, 'read', error);
    else if (isRefusal(error)) void this.mend();
  }

  /** A connection of the caller's own, for a feed: feeds on a shared one could be mixed up after a reconnect. */
  dedicated(): Promise<Connection> {
    return this.#dial();
  }

  /** Rejects with `timeout` (a write: `unknown_outcome`) when `promise` takes longer than a call may. */
  inTime<T>(promise: Promise<T>, purpose: Purpose = 'read', timeoutMs: number = this.#options.timeoutMs): Promise<T> {
    const code = purpose === 'write' ? 'unknown_outcome' : 'timeout';
    return inTime(
      promise,
      timeoutMs,
      () => new StoreError(code, `${this.where} did not answer within ${timeoutMs} ms`),
    );
  }

  /** Names the servers in messages. */
  get where(): string {
    return `rethinkdb ${this.#options.servers.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort();
    await this.#first;
    await this.#looking;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async #mend(): Promise<boolean> {
    const connection = this.#connection;
    if (connection === undefined || performance.now() - this.#mendedAt < MEND_MS) return false;
    this.#mendedAt = performance.now();
    try {
      await this.inTime(this.#prepare(connection), 'read', PREPARE_MS);
      this.health.succeeded(MISSING, 'write');
      return true;
    } catch (error) {
      const failure = rethinkError(error, `${this.where}: what is missing cannot be made`, 'read');
      // Not allowed to make it: the tables that are there go on working.
      if (failure.code === 'refused') this.health.failed(MISSING, 'write', failure);
      else this.#lost(connection, failure);
      return false;
    }
  }

  /** A query that names a table or an index which is not there has done nothing: it is tried again once that is made. */
  async #unlessMissing<T>(term: Term, purpose: Purpose, table: string | undefined): Promise<T> {
    try {
      const answer = await this.#run<T>(term, purpose, table);
      if (table !== undefined) this.health.succeeded(table, purpose);
      return answer;
    } catch (error) {
      if (!(error instanceof StoreError) || !isGone(error) || !(await this.mend())) throw error;
      return this.#run<T>(term, purpose, table);
    }
  }

  async #run<T>(term: Term, purpose: Purpose, table: string | undefined): Promise<T> {
    const connection = this.#connection;
    if (connection === undefined) {
      throw new StoreError('unavailable', this.#status.current.reason ?? `${this.where} is not connected`);
    }
    try {
      return (await this.inTime(term.run(connection, RAW), purpose)) as T;
    } catch (error) {
      const failure = rethinkError(error, table === undefined ? this.where : `${this.where}, table ${table}`, purpose);
      if (table !== undefined && connection.open && isRefusal(failure)) this.health.failed(table, purpose, failure);
      // A server that does not answer, or has no connection to answer on, is looked for anew.
      if (failure.code === 'timeout' || failure.code === 'unknown_outcome' || !connection.open) {
        this.#lost(connection, failure);
      }
      throw failure;
    }
  }

  async #dial(): Promise<Connection> {
    const { servers, db } = this.#options;
    const server = servers[this.#attempts++ % servers.length];
    if (server === undefined) throw new StoreError('incompatible', 'no RethinkDB server is configured');
    const dialed = connectToServer(server, db, this.#options);
    try {
      return await this.#unlessClosed(dialed);
    } catch (error) {
      // The connection may still be made after this was closed.
      dialed.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  }

  /** Rejects as soon as the link is closed, so that a stop does not wait for a server that does not answer. */
  async #unlessClosed<T>(promise: Promise<T>): Promise<T> {
    let stopped: () => void = () => undefined;
    const closing = new Promise<never>((_resolve, reject) => {
      stopped = () => reject(new StoreError('closed', 'the store is closed'));
    });
    const { signal } = this.#stop;
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    try {
      return await Promise.race([promise, closing]);
    } finally {
      signal.removeEventListener('abort', stopped);
    }
  }

  async #attempt(): Promise<'up' | 'lost' | 'closed'> {
    let connection: Connection | undefined;
    try {
      connection = await this.#dial();
      await this.#unlessClosed(this.inTime(this.#prepare(connection), 'read', PREPARE_MS));
    } catch (error) {
      await connection?.close().catch(() => undefined);
      if (this.#closed) return 'closed';
      this.#status.down(rethinkError(error, this.where, 'read'));
      return 'lost';
    }
    if (this.#closed) {
      await connection.close();
      return 'closed';
    }
    const live = connection;
    live.on('close', () => this.#lost(live, new StoreError('unavailable', `${this.where}: the connection was lost`)));
    live.on('error', () => undefined); // A 'close' follows; without a listener it would be thrown.
    this.#connection = live;
    this.#status.up();
    return 'up';
  }

  #lost(connection: Connection, error: StoreError): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    connection.close().catch(() => undefined); // It is gone either way.
    if (this.#closed) return;
    this.#status.down(error);
    this.#look();
  }

  #look(): void {
    this.#looking ??= this.#keepLooking().finally(() => {
      this.#looking = undefined;
      // What was found was lost again before this.
      if (!this.#closed && this.#connection === undefined) this.#look();
    });
  }

  async #keepLooking(): Promise<void> {
    for (let failures = 1; !this.#closed; failures += 1) {
      try {
        await sleep(backoffMs(RETRY, failures, Math.random()), undefined, { signal: this.#stop.signal });
      } catch {
        return; // Closed meanwhile.
      }
      if ((await this.#attempt()) !== 'lost') return;
    }
  }
}
