import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RServerConnectionOptions, RunOptions } from 'rethinkdb-ts';
import { r } from 'rethinkdb-ts';
import { StoreError } from '../store.js';
import type { StoreStatus } from '../store-status.js';
import type { Purpose } from './rethink-errors.js';
import { rethinkError } from './rethink-errors.js';

export interface RethinkServer {
  readonly host: string;
  readonly port: number;
}

export interface LinkOptions {
  /** Tried in turn. */
  readonly servers: readonly RethinkServer[];
  readonly db: string;
  readonly user: string;
  readonly password: string;
  /** Node's TLS options; absent: no TLS. */
  readonly tls?: { readonly ca?: string | Buffer; readonly rejectUnauthorized?: boolean };
  /** Deadline of every call; the driver has none of its own. */
  readonly timeoutMs: number;
}

/** A term of a query, as far as running it goes. */
export interface Term {
  run(connection: Connection, options?: RunOptions): Promise<unknown>;
}

/** Documents come as they are stored: no dates made of what looks like one. */
const RAW: RunOptions = { timeFormat: 'raw', binaryFormat: 'raw', arrayLimit: 10_000_000 };
/** Making tables, and waiting for their replicas after a restart, takes longer than a call may. */
const PREPARE_MS = 60_000;
const BACKOFF_MS = { first: 100, most: 5_000 } as const;

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
  #looking: Promise<void> | undefined;
  #stop = new AbortController();

  /** `prepare` runs on every new connection before anything else may. */
  constructor(options: LinkOptions, status: StoreStatus, prepare: (connection: Connection) => Promise<void>) {
    this.#options = options;
    this.#status = status;
    this.#prepare = prepare;
  }

  /** Resolves after the first attempt, whatever came of it. */
  async start(): Promise<void> {
    const outcome = await this.#attempt();
    if (outcome === 'lost') this.#look();
  }

  read<T>(term: Term): Promise<T> {
    return this.#run<T>(term, 'read');
  }

  write<T>(term: Term): Promise<T> {
    return this.#run<T>(term, 'write');
  }

  /** A connection of the caller's own, for a feed: feeds on a shared one could be mixed up after a reconnect. */
  async dedicated(): Promise<Connection> {
    try {
      return await this.#dial();
    } catch (error) {
      throw rethinkError(error, this.where, 'read');
    }
  }

  /** Rejects with `timeout` (a write: `unknown_outcome`) when `promise` takes longer than a call may. */
  async inTime<T>(
    promise: Promise<T>,
    purpose: Purpose = 'read',
    timeoutMs: number = this.#options.timeoutMs,
  ): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const code = purpose === 'write' ? 'unknown_outcome' : 'timeout';
        reject(new StoreError(code, `${this.where} did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Names the servers in messages. */
  get where(): string {
    return `rethinkdb ${this.#options.servers.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort();
    await this.#looking;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  async #run<T>(term: Term, purpose: Purpose): Promise<T> {
    const connection = this.#connection;
    if (connection === undefined) {
      throw new StoreError('unavailable', this.#status.current.reason ?? `${this.where} is not connected`);
    }
    try {
      return (await this.inTime(term.run(connection, RAW), purpose)) as T;
    } catch (error) {
      const failure = rethinkError(error, this.where, purpose);
      // A server that does not answer, or has no connection to answer on, is looked for anew.
      if (failure.code === 'timeout' || failure.code === 'unknown_outcome' || !connection.open) {
        this.#lost(connection, failure);
      }
      throw failure;
    }
  }

  async #dial(): Promise<Connection> {
    const { servers, db, user, password, tls, timeoutMs } = this.#options;
    const server = servers[this.#attempts++ % servers.length];
    if (server === undefined) throw new StoreError('incompatible', 'no RethinkDB server is configured');
    const to: RServerConnectionOptions =
      tls === undefined ? { ...server, tls: false } : { ...server, ...tls, servername: server.host, tls: true };
    const timeout = Math.max(1, Math.ceil(timeoutMs / 1_000));
    return this.inTime(r.connect({ server: to, db, user, password, timeout, silent: true }));
  }

  async #attempt(): Promise<'up' | 'lost' | 'closed'> {
    let connection: Connection | undefined;
    try {
      connection = await this.#dial();
      await this.inTime(this.#prepare(connection), 'read', PREPARE_MS);
    } catch (error) {
      await connection?.close().catch(() => undefined);
      this.#status.down(rethinkError(error, this.where, 'read'));
      return this.#closed ? 'closed' : 'lost';
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
    this.#looking ??= this.#keepLooking().finally(() => (this.#looking = undefined));
  }

  async #keepLooking(): Promise<void> {
    let pause: number = BACKOFF_MS.first;
    while (!this.#closed) {
      try {
        await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal: this.#stop.signal });
      } catch {
        return; // Closed meanwhile.
      }
      if ((await this.#attempt()) !== 'lost') return;
      pause = Math.min(pause * 2, BACKOFF_MS.most);
    }
  }
}
