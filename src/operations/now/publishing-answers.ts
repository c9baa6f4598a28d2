/** Messages on disk that the broker has not confirmed. */
export interface JournalAnswer {
  /** `off`: what waits is kept in memory only. */
  readonly state: 'up' | 'failing' | 'off';
  readonly why: string | null;
  readonly messages: number;
  /** Size of its file. */
  readonly bytes: number;
}

/** Rules or sets that are to be sent and are not in the outbox yet. */
export interface WaitingToPublish {
  readonly what: 'ruleset' | 'sets';
  /** null: the sets of all hosts. */
  readonly group_id: string | null;
  readonly group: string | null;
  /** Since when, epoch seconds. */
  readonly since: number | null;
  /**
   * `debouncing`: it goes out when nothing changes for a moment, or when the interval since the last one is over; `waiting
   * for room`: the outbox has all that it may; `held`: see `held`.
   */
  readonly state: 'debouncing' | 'waiting for room' | 'held';
  /** What it waits for; null: time or room alone. */
  readonly held: string | null;
}

/** Messages for a target that the broker does not take (alarm `broker.refused:TARGET`). */
export interface RefusedTarget {
  /** Such as `sets`, `group/ID` or `host/HOSTKEY`. */
  readonly target: string;
  /** What the broker said, and which queues refuse where that is known. */
  readonly why: string;
  /** Epoch seconds. */
  readonly since: number;
}

/** `GET /api/V2/publishing/queue`. Times are epoch seconds. */
export interface PublishingQueue {
  readonly at: number;
  readonly paused: boolean;
  /** When that was last changed, and by whom; null: it never was. */
  readonly since: number | null;
  readonly author: string | null;
  /** The oldest first: at most 200, `waiting_total` counts all. */
  readonly waiting: readonly WaitingToPublish[];
  readonly waiting_total: number;
  readonly outbox: {
    /** Messages handed to the outbox that the broker has not confirmed, those in flight among them. */
    readonly messages: number;
    readonly bytes: number;
    readonly in_flight: number;
    /** When the oldest that is not in flight was put. */
    readonly oldest_at: number | null;
    /** Why the broker takes nothing now; null: it does, or is away. */
    readonly blocked: string | null;
  };
  /** What waits in the outbox is in the journal too. */
  readonly journal: JournalAnswer;
  /** From handing a message to the connection until the broker's confirm: all since the start, the times of the last 1,000. */
  readonly confirms: {
    readonly count: number;
    readonly p50_ms: number | null;
    readonly p99_ms: number | null;
    readonly max_ms: number | null;
  };
  /** The oldest first: at most 200, `refused_total` counts all. */
  readonly refused: readonly RefusedTarget[];
  readonly refused_total: number;
  /** Exchanges whose messages all wait, because the broker refused them more than once. */
  readonly refused_exchanges: readonly { readonly exchange: string; readonly reason: string }[];
}
