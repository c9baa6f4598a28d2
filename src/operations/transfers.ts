import type { Log } from '../log/log.js';
import type { Clock } from '../otp/index.js';

/** A file on its way, or how it ended. */
export interface Transfer {
  readonly id: number;
  readonly hostkey: string;
  readonly path: string;
  readonly direction: 'to_host' | 'from_host';
  /** Who asked for it; null: unknown. */
  readonly author: string | null;
  /** In bytes. */
  readonly size: number;
  readonly done: number;
  /** Epoch seconds. */
  readonly started: number;
  readonly ended: number | null;
  readonly state: 'running' | 'done' | 'failed';
  readonly error: string | null;
}

/** Ended ones that are still listed, and running ones at most. */
const MOST_ENDED = 100;
/** Between two lines about one file, in milliseconds. */
const LINE_MS = 5000;

/** Tells how far one transfer is. */
export interface Progress {
  /** So many bytes more have arrived. */
  add(bytes: number): void;
  /** The first call counts. */
  end(error?: string): void;
}

/** The files on their way to and from hosts: for the API and, begun, every few seconds and ended, for the log. */
export class Transfers {
  readonly #parts: { readonly clock: Pick<Clock, 'now'>; readonly log: Pick<Log, 'info' | 'warn'> };
  /** Oldest first. */
  readonly #transfers = new Map<number, Transfer>();
  #lastId = 0;

  constructor(parts: { readonly clock: Pick<Clock, 'now'>; readonly log: Pick<Log, 'info' | 'warn'> }) {
    this.#parts = parts;
  }

  /** Newest first. */
  list(): readonly Transfer[] {
    return [...this.#transfers.values()].reverse();
  }

  begin(what: Pick<Transfer, 'hostkey' | 'path' | 'direction' | 'author' | 'size'>): Progress {
    const { clock, log } = this.#parts;
    const id = (this.#lastId += 1);
    const seconds = (): number => Math.floor(clock.now() / 1000);
    let transfer: Transfer = { id, ...what, done: 0, started: seconds(), ended: null, state: 'running', error: null };
    const keep = (change: Partial<Transfer>): void => {
      transfer = { ...transfer, ...change };
      this.#transfers.set(id, transfer);
    };
    keep({});
    const { hostkey, path, direction, size } = what;
    const line = { transfer: id, hostkey, path, direction, size };
    log.info(line, 'a file transfer has begun');
    let said = clock.now();
    return {
      add: (bytes) => {
        keep({ done: transfer.done + bytes });
        if (clock.now() - said < LINE_MS) return;
        said = clock.now();
        log.info({ ...line, done: transfer.done }, 'a file transfer goes on');
      },
      end: (error) => {
        if (transfer.state !== 'running') return;
        keep({ ended: seconds(), state: error === undefined ? 'done' : 'failed', error: error ?? null });
        if (error === undefined) log.info({ ...line, done: transfer.done }, 'a file transfer is done');
        else log.warn({ ...line, done: transfer.done, reason: error }, 'a file transfer has failed');
        this.#forget();
      },
    };
  }

  #forget(): void {
    const ended = [...this.#transfers.values()].filter(({ state }) => state !== 'running');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) this.#transfers.delete(id);
  }
}
