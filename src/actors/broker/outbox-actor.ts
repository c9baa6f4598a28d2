import type { Outbox } from '../../broker/outbox-contract.js';
import type { Log } from '../../log/log.js';
import { isOrderly, type DetailObject, type ExitReason, type GenServer, type Self } from '../../otp/index.js';
import type { BrokerLink } from './broker-link.js';
import type { ConnectionInfo } from './connection-messages.js';

/** What the outbox actor uses. */
export interface OutboxNeeds {
  readonly outbox: Pick<Outbox, 'attach' | 'detach' | 'drain' | 'depth' | 'snapshot'>;
  /** Over which connection it sends. */
  readonly link: Pick<BrokerLink, 'subscribe'>;
  /** Longest wait for confirms in an ordered stop, milliseconds. */
  readonly drainMs: number;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/**
 * Decides over which connection the outbox sends, and when: it attaches the outbox to each new connection, detaches it
 * when that is gone or this actor is, and in an ordered stop waits until the broker has confirmed what is on its way. What
 * waits is in the outbox beside it (src/broker/outbox.ts), where anybody puts without a message: it must outlive this
 * actor's crash.
 */
export class OutboxActor implements GenServer<never, never, never, ConnectionInfo> {
  readonly #needs: OutboxNeeds;

  constructor(needs: OutboxNeeds) {
    this.#needs = needs;
  }

  init(self: Self<ConnectionInfo>): void {
    const { outbox, link } = this.#needs;
    // However this process ends: nothing is sent while nobody sees to it.
    self.signal.addEventListener('abort', () => outbox.detach(), { once: true });
    const connection = link.subscribe(self);
    if (connection !== undefined) outbox.attach(connection);
  }

  handleInfo(_self: Self<ConnectionInfo>, message: ConnectionInfo): void {
    const { outbox } = this.#needs;
    if (message.tag === 'broker_up') outbox.attach(message.connection);
    else outbox.detach();
  }

  /** The connection is still there: it is stopped after this actor. After a crash the successor goes on sending instead. */
  async terminate(_self: Self<ConnectionInfo>, reason: ExitReason): Promise<void> {
    if (isOrderly(reason)) await this.#drain();
  }

  describe(): DetailObject {
    const {
      attached,
      blocked,
      waiting,
      inFlight,
      bytes,
      oldestAt,
      confirmed,
      superseded,
      dropped,
      failed,
      lastFailure,
      refused,
      journalFailure,
    } = this.#needs.outbox.snapshot();
    return {
      attached,
      blocked: blocked ?? null,
      waiting,
      in_flight: inFlight,
      bytes,
      oldest_at: oldestAt === undefined ? null : Math.floor(oldestAt / 1000),
      confirmed,
      superseded,
      dropped,
      failed,
      last_failure: lastFailure ?? null,
      refused: Object.fromEntries(refused.map(({ exchange, reason }) => [exchange, reason])),
      journal_failure: journalFailure ?? null,
    };
  }

  /** Without a connection nothing would come of waiting. */
  async #drain(): Promise<void> {
    const { outbox, log, drainMs } = this.#needs;
    if (outbox.depth() === 0 || !outbox.snapshot().attached) return;
    log.info({ waiting: outbox.depth() }, 'waiting until the broker has confirmed what is on its way');
    const { left } = await outbox.drain(drainMs);
    if (left > 0) log.warn({ left, targets: 'see the journal' }, 'messages are left that the broker did not confirm');
  }
}
