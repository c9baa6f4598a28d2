import { useEffect, useRef, useState } from 'preact/hooks';
import type { EventFeed } from '../live/event-feed.js';
import { fleetFeed } from '../live/feeds.js';
import { useEvents } from '../live/use-events.js';
import { ApiFailure } from './api-failure.js';
import { ask, type Answer } from './ask.js';

/** What is asked, as far as it is known. */
export interface Asked<T> {
  /** The last answer; it stays while a newer one is awaited, so that nothing jumps. */
  readonly value: T | undefined;
  readonly answer: Answer<T> | undefined;
  /** Why the newest question was refused. */
  readonly failure: ApiFailure | undefined;
  /** An answer to another path than the one that is shown is awaited. */
  readonly loading: boolean;
  /** Asks again now. */
  readonly again: () => void;
}

export interface AskedOptions {
  /** Kinds of events after which the answer may be another one. */
  readonly on?: readonly string[];
  /** Whose; the fleet's by default. */
  readonly feed?: EventFeed;
  /** Asks this often, too, in milliseconds. */
  readonly everyMs?: number;
}

/** After an event it is asked this much later, in milliseconds, since events come in crowds; and this long after the last answer. */
const AFTER_EVENT_MS = 150;
const APART_MS = 800;
/** A server that does not answer is asked again after so many milliseconds. */
const NO_ANSWER_MS = 3000;

/**
 * Asks the API for `path` (null: nothing), and again when something happened that may have changed it. Nothing is asked while
 * nobody looks at the tab.
 */
export function useAsked<T>(path: string | null, { on, feed = fleetFeed, everyMs }: AskedOptions = {}): Asked<T> {
  const [got, setGot] = useState<{ path: string; answer: Answer<T> } | undefined>(undefined);
  const [failure, setFailure] = useState<{ path: string; failure: ApiFailure } | undefined>(undefined);
  const asker = useRef<Asker>(undefined);
  useEffect(() => {
    if (path === null) return undefined;
    const mine = new Asker(async (signal) => {
      try {
        const answer = await ask<T>(path, { signal });
        setGot({ path, answer });
        setFailure(undefined);
        return everyMs;
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!(error instanceof ApiFailure)) throw error;
        setFailure({ path, failure: error });
        return error.status === 0 || error.status === 503 ? NO_ANSWER_MS : everyMs;
      }
    });
    asker.current = mine;
    mine.soon(0);
    return () => mine.stop();
  }, [path, everyMs]);
  useEvents(feed, on ?? NONE, () => asker.current?.soon(AFTER_EVENT_MS));
  const current = got?.path === path;
  return {
    value: got?.answer.value,
    answer: got?.answer,
    failure: failure !== undefined && failure.path === path ? failure.failure : undefined,
    loading: path !== null && !current && failure?.path !== path,
    again: () => asker.current?.soon(0),
  };
}

const NONE: readonly string[] = [];

/** Asks one thing, never twice at once, and not while the tab is hidden. */
class Asker {
  readonly #question: (signal: AbortSignal) => Promise<number | undefined>;
  readonly #stopped = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined = undefined;
  #due = Infinity;
  #asking = false;
  #again = false;
  #lastEnd = -Infinity;

  /** @param question gives after how many milliseconds it is to be asked again by itself */
  constructor(question: (signal: AbortSignal) => Promise<number | undefined>) {
    this.#question = question;
    document.addEventListener('visibilitychange', () => this.#seen(), { signal: this.#stopped.signal });
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  /** In `ms` milliseconds, or earlier where that was asked for. */
  soon(ms: number): void {
    if (this.#stopped.signal.aborted) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    const at = Math.max(performance.now() + ms, ms === 0 ? 0 : this.#lastEnd + APART_MS);
    if (at >= this.#due) return;
    this.#due = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), at - performance.now());
  }

  async #ask(): Promise<void> {
    if (document.visibilityState === 'hidden') return;
    this.#due = Infinity;
    this.#asking = true;
    this.#again = false;
    let next: number | undefined;
    try {
      next = await this.#question(this.#stopped.signal);
    } finally {
      this.#asking = false;
      this.#lastEnd = performance.now();
    }
    if (this.#again) this.soon(AFTER_EVENT_MS);
    else if (next !== undefined) this.soon(next);
  }

  #seen(): void {
    if (document.visibilityState === 'visible' && this.#due !== Infinity) void this.#ask();
  }
}
