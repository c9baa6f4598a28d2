import type { ConfirmFigures } from './confirm-times.js';
import type { Backoff, Clock } from '../otp/index.js';
import type { BrokerConnection, Publication } from './broker.js';

/** What an entry carries, which decides its lane. */
export const OUTBOX_CLASSES = ['sets', 'group', 'host', 'config', 'link'] as const;
export type OutboxClass = (typeof OUTBOX_CLASSES)[number];

/** A message for the outbox. Never a remote command or a file block: those fail at once when the broker is away. */
export interface OutboxPut {
  /** What the message makes known, such as `sets`, `group/web` or `config/<hostkey>`: the newest one replaces older ones. */
  readonly target: string;
  readonly class: OutboxClass;
  readonly publication: Publication;
  /**
   * Targets whose entries, if put before this one, must be confirmed before it is sent. Rulesets (`group` and `host`)
   * always wait for `sets`. Targets must not wait for each other in a circle.
   */
  readonly after?: readonly string[];
  /**
   * Who puts it has it on disk as not confirmed, and puts it again after a restart: the journal need not have it as long as
   * there is a connection that takes it. Default false.
   */
  readonly owed?: boolean;
}

/** How a put ended. */
export type Outcome =
  | { readonly kind: 'confirmed' }
  /** A newer put for the target took its place. */
  | { readonly kind: 'superseded' }
  /** By a bound, because no broker would ever take it, or because no queue took what it waits for. */
  | { readonly kind: 'dropped'; readonly reason: string }
  /**
   * The broker refused this message and goes on taking others. `taken: 'some'`: a queue refused it (a nack), the others
   * have it, and sending it again would only give it to those once more. `none`: no queue has it.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly taken: 'some' | 'none' };

/** How a message was refused. */
export type Refusal = Pick<Extract<Outcome, { readonly kind: 'refused' }>, 'reason' | 'taken'>;

/** What the caller of `put` gets. */
export interface Ticket {
  /**
   * Resolves when the message is safe: on disk, or at once without a journal, and where it is owed and can be sent. Rejects
   * when the journal failed; it is sent all the same.
   */
  readonly accepted: Promise<void>;
  /** Never rejects. Stays open as long as the message waits. */
  readonly outcome: Promise<Outcome>;
}

/** An entry as the journal keeps it. */
export interface JournalRecord {
  /** Rises with every put; the order of sending within a lane. */
  readonly seq: number;
  readonly target: string;
  readonly class: OutboxClass;
  readonly after: readonly string[];
  /** When it was put, epoch milliseconds. */
  readonly at: number;
  readonly publication: Publication;
}

/** The journal as the outbox sees it: at most one live record a target. */
export interface OutboxJournal {
  /** The live records found when it was opened, by rising `seq`. */
  readonly recovered: readonly JournalRecord[];
  /** Replaces the target's record; resolves when it is on disk. Settles in the order of the calls. */
  append(record: JournalRecord): Promise<void>;
  /** The target's record, if it is not newer than `seq`, is done with. */
  remove(target: string, seq: number): void;
}

/** How an outbox works; `createOutbox` has the defaults. */
export interface OutboxOptions {
  /** Most messages sent and not yet confirmed; default 256. */
  readonly window?: number;
  /** Bounds on what waits and is under way; defaults 10,000 (`queuejournal.memqueue_max`) and 256 MiB of bodies. */
  readonly maxEntries?: number;
  readonly maxBytes?: number;
  readonly journal?: OutboxJournal;
  /** Told when the journal begins to fail, why, and (undefined) when it works again. */
  readonly onJournal?: (failure: string | undefined) => void;
  /** Told when the broker begins to refuse what goes to an exchange, why, and (undefined) when it takes it again. */
  readonly onRefusal?: (exchange: string, reason: string | undefined) => void;
  /** So often a message is sent that a queue refuses; default 3 (`broker.refused_tries`). */
  readonly refusedTries?: number;
  /** Told what became of a message that was refused, and (undefined) when the broker takes the target's messages again. */
  readonly onRefused?: (target: string, publication: Publication, refusal: Refusal | undefined) => void;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, 'now' | 'monotonic' | 'setTimer' | 'clearTimer'>;
  readonly random?: () => number;
  readonly retry?: Backoff;
}

/** The outbox at a moment, for the tree, readiness and metrics. */
export interface OutboxSnapshot {
  readonly attached: boolean;
  /** The broker's reason while it takes nothing. */
  readonly blocked: string | undefined;
  readonly waiting: number;
  readonly inFlight: number;
  readonly bytes: number;
  /** When the oldest waiting entry was put, epoch milliseconds. */
  readonly oldestAt: number | undefined;
  readonly confirmed: number;
  readonly superseded: number;
  readonly dropped: number;
  /** Messages that the broker refused and that are not sent again. */
  readonly refusedMessages: number;
  /** Publishes that failed and were or will be tried again. */
  readonly failed: number;
  readonly lastFailure: string | undefined;
  /** Exchanges whose messages wait because the broker refused them more than once, with its reason. */
  readonly refused: readonly { readonly exchange: string; readonly reason: string }[];
  /** Why the journal last failed; undefined since it worked again. */
  readonly journalFailure: string | undefined;
}

/**
 * What waits to be published, newest per target. Rules of order:
 * - lanes: sets, rulesets, configs, links; within a lane in the order of the last put;
 * - a ruleset is sent when the sets put before it are confirmed;
 * - a newer message of a target is sent when the older one is confirmed, never before, and never the older one after.
 *
 * Policy when a bound is met: the oldest entry of the last lane gives way (links, then configs, then rulesets; never
 * sets), be it the new one itself; its caller is told `dropped`. What is under way is not given up.
 */
export interface Outbox {
  put(put: OutboxPut): Ticket;
  /** Sends over this connection, whose topology is declared, until it ends or `detach`. */
  attach(connection: BrokerConnection): void;
  /** Sends nothing more; what is not confirmed waits again. */
  detach(): void;
  /** Entries waiting or under way. */
  depth(): number;
  /** Resolves when nothing is left, or after `limitMs`, with what is left. */
  drain(limitMs: number): Promise<{ readonly left: number }>;
  snapshot(): OutboxSnapshot;
  /** How long the broker takes to confirm what is handed to it. */
  confirms(): ConfirmFigures;
}
