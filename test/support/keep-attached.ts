import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, type Backoff } from '../../src/otp/index.js';
import type { Broker, BrokerConnection, BrokerError } from '../../src/broker/broker.js';
import type { Outbox } from '../../src/broker/outbox-contract.js';
import { declareServerTopology } from '../../src/broker/topology.js';

/** An outbox kept attached to a broker that comes and goes, as the server's connection actor does it. */
export interface Attachment {
  /** The connection there is now. */
  readonly connection: BrokerConnection | undefined;
  /** Why connections were lost, when (`performance.now()`). */
  readonly losses: readonly { readonly at: number; readonly error: BrokerError | undefined }[];
  /** Delays that were chosen between attempts, in ms. */
  readonly delays: readonly number[];
  readonly connects: number;
  stop(): Promise<void>;
}

/** Connects, attaches, and does so again after each loss, until `stop`. */
export function keepAttached(broker: Broker, outbox: Outbox, backoff: Backoff): Attachment {
  const controller = new AbortController();
  const losses: { at: number; error: BrokerError | undefined }[] = [];
  const delays: number[] = [];
  let connection: BrokerConnection | undefined;
  let connects = 0;
  const run = async (): Promise<void> => {
    let attempt = 0;
    while (!controller.signal.aborted) {
      try {
        const fresh = await broker.connect(controller.signal);
        await declareServerTopology(fresh);
        connection = fresh;
        connects++;
        attempt = 0;
        outbox.attach(fresh);
        const error = await fresh.closed;
        connection = undefined;
        losses.push({ at: performance.now(), error });
      } catch {
        // An outage: the next attempt tells.
      }
      const delay = backoffMs(backoff, ++attempt, Math.random());
      delays.push(delay);
      await sleep(delay, undefined, { signal: controller.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    get connection() {
      return connection;
    },
    losses,
    delays,
    get connects() {
      return connects;
    },
    async stop() {
      controller.abort();
      await connection?.close();
      await running;
    },
  };
}
