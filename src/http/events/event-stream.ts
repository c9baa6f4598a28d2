import { Readable } from 'node:stream';
import type { BookEvent, EventSource, Kept } from '../../events/event-book.js';

/** Most events that are looked at in one step, and characters handed over at once. */
const STEP = 200;
const MOST_CHARACTERS = 64 * 1024;

/** How long a client should wait before it asks again, as it is told, in milliseconds. */
const RETRY_MS = 3000;

/** Where one client's stream begins, and what it is for. */
export interface StreamOptions<E extends BookEvent> {
  readonly source: EventSource<E>;
  /** Number of the last event that the client has. */
  readonly from: number;
  /** The client has events of another run: what was lost since is not known. */
  readonly gap: boolean;
  readonly wants: (event: E) => boolean;
}

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) of one book to one client. The book
 * is the queue: the stream holds a place in it and takes more only when the client can, so a slow one keeps nothing but
 * its place, and is told with `lost` how many events went by.
 */
export class EventStream<E extends BookEvent> extends Readable {
  readonly #options: StreamOptions<E>;
  readonly #forget: () => void;
  #place: number;
  /** The client can take more, and there was nothing for it. */
  #hungry = false;
  #due = false;
  #over = false;

  constructor(options: StreamOptions<E>) {
    super({ highWaterMark: MOST_CHARACTERS });
    this.#options = options;
    this.#place = options.from;
    this.#forget = options.source.onPut(() => this.#wake());
    const beginning = `retry: ${RETRY_MS}\n: stream of run ${options.source.run}\n\n`;
    this.push(options.gap ? beginning + this.#message('lost', { lost: null }) : beginning);
  }

  /**
   * A comment that keeps gateways and clients from taking silence for a broken connection. Returns whether the client has
   * taken all that came before it.
   */
  beat(): boolean {
    if (this.#hungry) this.push(': still here\n\n');
    return this.#hungry;
  }

  /** What there is still to tell, as far as it fits, then the reason and the end. */
  finish(reason: string): void {
    if (this.#over) return;
    this.#stop();
    this.push(this.#gather() + this.#message('end', { reason }));
    this.push(null);
  }

  override _read(): void {
    this.#hungry = true;
    this.#wake();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stop();
    done(error);
  }

  #stop(): void {
    this.#over = true;
    this.#forget();
  }

  /** Later, so that whoever puts an event in does not pay for the writing, and events close together go out together. */
  #wake(): void {
    if (!this.#hungry || this.#due || this.#over || this.#place === this.#options.source.last) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      if (!this.#over && this.#hungry) this.#give();
    });
  }

  #give(): void {
    const text = this.#gather();
    if (text === '') return this.#wake();
    this.#hungry = false;
    this.push(text);
  }

  /** The next step's messages; moves the stream's place. */
  #gather(): string {
    const { source, wants } = this.#options;
    const { lost, events } = source.after(this.#place, STEP);
    this.#place += lost;
    let text = lost > 0 ? this.#message('lost', { lost }) : '';
    for (const kept of events) {
      this.#place = kept.seq;
      if (wants(kept.event)) text += this.#message(kept.event.kind, shown(kept));
      if (text.length >= MOST_CHARACTERS) break;
    }
    return text;
  }

  /** JSON has no line breaks outside of strings, and inside they are escaped: one `data` line is enough. */
  #message(kind: string, data: object): string {
    return `id: ${this.#options.source.run}-${this.#place}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}

/** `at` in epoch seconds, as times are everywhere in the API. */
function shown<E extends BookEvent>({ at, event }: Kept<E>): object {
  return { at: Math.floor(at / 1000), ...event };
}
