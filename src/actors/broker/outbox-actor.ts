import type { DetailObject, GenServer } from '../../otp/index.js';
import type { ServerContext } from '../context.js';

/** Left of the stop's time for closing the connection after the outbox is drained. */
const CLOSE_MS = 1500;

/** The outbox as an actor: what waits to be confirmed, for operators; drained at an orderly stop. */
export class OutboxActor implements GenServer {
  readonly #context: ServerContext;

  constructor(context: ServerContext) {
    this.#context = context;
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
    } = this.#context.outbox.snapshot();
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
}

/** Waits until everything is confirmed, or the time that a stop has for it is over; says what is left. */
export async function drainOutbox({ outbox, config, log }: ServerContext): Promise<void> {
  if (outbox.depth() === 0) return;
  const limitMs = Math.max(0, config.shutdown_seconds * 1000 - CLOSE_MS);
  log.info({ waiting: outbox.depth() }, 'waiting until the broker has confirmed what is on its way');
  const { left } = await outbox.drain(limitMs);
  if (left > 0) log.warn({ left, targets: 'see the journal' }, 'messages are left that the broker did not confirm');
}
