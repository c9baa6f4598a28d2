import { signal, type ReadonlySignal } from '@preact/signals';
import { forgetToken, token } from '../session/token.js';
import { EventLines, type Told } from './event-lines.js';

/** `lost`: there is no connection now; another one is tried. `ended`: the server refuses it, with why. */
export type FeedState =
  | { readonly state: 'idle' | 'connecting' | 'live' }
  | { readonly state: 'lost'; readonly since: number; readonly why: string };

/** First wait before it is tried again, in milliseconds; it doubles up to the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** The server sends something every `api.stream_heartbeat_seconds` (15 by default, at most 60). Silence for longer is a broken line. */
const SILENCE_MS = 90_000;

type Listener = (told: Told) => void;

/**
 * Server-sent events of one path (docs/http-api.md#events). It is open while somebody listens. `EventSource` can send no
 * token, so this reads the stream itself; a line that breaks is opened again after the last event that came.
 */
export class EventFeed {
  readonly #path: string;
  readonly #state = signal<FeedState>({ state: 'idle' });
  readonly #listeners = new Set<Listener>();
  #last: string | undefined = undefined;
  #stop: AbortController | undefined = undefined;

  /** @param path with its query, such as `/api/V2/events?recent=50` */
  constructor(path: string) {
    this.#path = path;
  }

  get state(): ReadonlySignal<FeedState> {
    return this.#state;
  }

  /** Listens until what it returns is called. Events since the stream began are told from the first listener on. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#stop === undefined) void this.#run();
    return () => {
      this.#listeners.delete(listener);
      // Moving from page to page must not close and open it again.
      setTimeout(() => {
        if (this.#listeners.size > 0) return;
        this.#stop?.abort();
        this.#stop = undefined;
        this.#state.value = { state: 'idle' };
      }, 1000);
    };
  }

  async #run(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    let wait = FIRST_WAIT_MS;
    let since: number | undefined = undefined;
    while (!stop.signal.aborted) {
      if (since === undefined) this.#state.value = { state: 'connecting' };
      const why = await this.#once(stop.signal, () => {
        wait = FIRST_WAIT_MS;
        since = undefined;
      });
      if (stop.signal.aborted) return;
      since ??= Date.now();
      this.#state.value = { state: 'lost', since, why };
      // Jitter, so that a server that comes back is not asked by every console at once.
      await later(wait * (0.5 + Math.random()), stop.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /** One connection, until it is over; why it is. */
  async #once(stop: AbortSignal, opened: () => void): Promise<string> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await fetch(this.#path, {
        headers: {
          accept: 'text/event-stream',
          ...(token.value === null ? {} : { authorization: `Bearer ${token.value}` }),
          ...(this.#last === undefined ? {} : { 'last-event-id': this.#last }),
        },
        cache: 'no-store',
        credentials: 'omit',
        signal: AbortSignal.any([stop, silence.signal]),
      });
      if (!response.ok || response.body === null) {
        // An id that this server does not take must not be asked for again and again.
        if (response.status === 400) this.#last = undefined;
        // The token is not good any longer: the console asks for another one.
        if (response.status === 401) forgetToken();
        return response.status === 503
          ? 'too many consoles listen, or the server stops'
          : `it answers ${response.status}`;
      }
      this.#state.value = { state: 'live' };
      opened();
      const lines = new EventLines();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 'the server ended it';
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        for (const told of lines.take(value)) {
          if (told.id !== undefined) this.#last = told.id;
          for (const listener of this.#listeners) listener(told);
        }
      }
    } catch {
      return silence.signal.aborted ? 'nothing came for a while' : 'the connection broke';
    } finally {
      clearTimeout(timer);
    }
  }
}

function later(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
