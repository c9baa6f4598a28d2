import type { IncomingMessage } from 'node:http';
import type { BookEvent, EventSource } from '../../events/event-book.js';
import { ApiError } from '../errors.js';
import type { Reply } from '../reply.js';
import type { Call } from '../route.js';
import { beginRecent } from './begin-recent.js';
import { EventStream } from './event-stream.js';
import { placeOf } from './last-event-id.js';

export const EVENT_STREAM = 'text/event-stream';

/** So many checks of who asks may fail for another reason, such as a store that is away, before a stream ends. */
const UNCHECKED = 4;

/** Why a caller may not listen any longer; undefined: they may. Rejects where that can't be told now. */
export type MayListen = (request: IncomingMessage) => Promise<string | undefined>;

/** So many heartbeats a client may take nothing in; then it keeps a place that another could have. */
const BLOCKED = 20;

interface Open {
  readonly stream: { beat(): boolean; finish(reason: string): void; destroy(): void };
  readonly request: IncomingMessage;
  unchecked: number;
  blocked: number;
}

export interface StreamRoomOptions {
  /** Streams at once. */
  readonly most: number;
  readonly heartbeatMs: number;
  readonly mayListen: MayListen;
}

export interface ListenOptions<E extends BookEvent> {
  readonly wants?: (event: E) => boolean;
  /** So many of the newest wanted events come first, where the client does not say which one it has. */
  readonly recent?: number | undefined;
  /** Called once, with what ends the stream in order. */
  readonly opened?: (finish: (reason: string) => void) => void;
  /** Called once, when the stream is over. */
  readonly ended?: () => void;
}

/**
 * The open streams of events: bounded in number, kept alive with a comment, and closed when the server stops or who
 * listens may not any longer, which is looked at with every heartbeat.
 */
export class StreamRoom {
  readonly #options: StreamRoomOptions;
  readonly #open = new Set<Open>();
  #timer: NodeJS.Timeout | undefined = undefined;
  #closed = false;

  constructor(options: StreamRoomOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * The answer to who wants to listen: what was missed since `Last-Event-ID`, as far as it is kept, and all that comes.
   * Throws `too_many_streams`.
   */
  listen<E extends BookEvent>(
    { headers, query, incoming }: Pick<Call, 'headers' | 'query' | 'incoming'>,
    source: EventSource<E>,
    { wants = () => true, recent = 0, opened, ended }: ListenOptions<E> = {},
  ): Reply {
    const { most } = this.#options;
    const has = headers['last-event-id'] ?? query.get('last_event_id') ?? undefined;
    const place = placeOf(has, source);
    if (this.#closed) throw new ApiError('unavailable', { reason: 'the server stops' });
    if (this.#open.size >= most) throw new ApiError('too_many_streams', { most }, { headers: { 'retry-after': '30' } });
    const from = has === undefined ? beginRecent(source, wants, recent) : place.from;
    const stream = new EventStream({ source, wants, ...place, from });
    const entry: Open = { stream, request: incoming, unchecked: 0, blocked: 0 };
    this.#open.add(entry);
    opened?.((reason) => stream.finish(reason));
    this.#timer ??= setInterval(() => this.#beat(), this.#options.heartbeatMs).unref();
    stream.once('close', () => {
      this.#open.delete(entry);
      ended?.();
      if (this.#open.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    });
    // `x-accel-buffering`: nginx would hold events back.
    const reply = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return { status: 200, headers: reply, body: { kind: 'bytes', bytes: stream, type: EVENT_STREAM } };
  }

  /** Ends every stream in order, and takes no further one. */
  close(reason: string): void {
    this.#closed = true;
    for (const { stream } of this.#open) stream.finish(reason);
  }

  #beat(): void {
    for (const entry of this.#open) {
      entry.blocked = entry.stream.beat() ? 0 : entry.blocked + 1;
      if (entry.blocked >= BLOCKED) {
        entry.stream.destroy();
        continue;
      }
      this.#options.mayListen(entry.request).then(
        (refusal) => {
          entry.unchecked = 0;
          if (refusal !== undefined) entry.stream.finish(refusal);
        },
        () => {
          entry.unchecked += 1;
          if (entry.unchecked >= UNCHECKED) entry.stream.finish('who listens could not be checked any more');
        },
      );
    }
  }
}
