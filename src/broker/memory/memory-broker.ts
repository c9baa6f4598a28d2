import { BrokerError } from '../broker.js';
import type { Broker, BrokerConnection } from '../broker.js';
import { MemoryConnection } from './connection.js';
import { MemoryNode } from './node.js';

/** The in-process broker: the embedded default, the demo's, and the tests', with hooks to misbehave. */
export interface MemoryBroker extends Broker {
  readonly kind: 'memory';
  /** Connections open now. */
  readonly connectionCount: number;
  /**
   * The broker dies: every connection is lost with `reason`, and new ones are refused until `recover()`. As after a
   * RabbitMQ restart, only durable queues and exchanges and persistent messages are still there then.
   */
  fail(reason: string): void;
  recover(): void;
  /** Every connection is lost, the broker stays up (a network fault). */
  dropConnections(reason: string): void;
  /** An alarm: publishes wait on all connections, later ones too, until `unblock()`. */
  block(reason: string): void;
  unblock(): void;
  /** The next `count` publishes are nacked. */
  nackNext(count: number): void;
}

/** How the broker puts work off. */
export interface MemoryBrokerOptions {
  /** Runs a function soon, never at once; default `setImmediate`. Tests with virtual time give their own. */
  readonly schedule?: (run: () => void) => void;
}

/** Makes an empty in-process broker; all connections it gives share its exchanges and queues. */
export function createMemoryBroker(options: MemoryBrokerOptions = {}): MemoryBroker {
  const schedule = options.schedule ?? ((run: () => void) => void setImmediate(run));
  const node = new MemoryNode(schedule);
  const connections = new Set<MemoryConnection>();
  let down: string | undefined;
  let alarm: string | undefined;
  let nacks = 0;

  const dropConnections = (reason: string): void => {
    for (const connection of [...connections]) connection.end(new BrokerError('connection', 'closed', reason));
  };

  return {
    kind: 'memory',
    describe: 'in-process',
    get connectionCount() {
      return connections.size;
    },
    connect(signal?: AbortSignal, refusal?: () => BrokerError | undefined): Promise<BrokerConnection> {
      return new Promise((resolve, reject) => {
        node.later(() => {
          if (signal?.aborted === true) {
            reject(new BrokerError('connection', 'closed', 'connecting was given up', { cause: signal.reason }));
          } else if (down !== undefined) {
            reject(new BrokerError('connection', 'refused', `the in-process broker is down: ${down}`));
          } else {
            const faults = { takeNack: () => nacks > 0 && nacks-- > 0, refusal: refusal ?? (() => undefined) };
            const connection = new MemoryConnection(node, faults, (gone) => void connections.delete(gone));
            connections.add(connection);
            if (alarm !== undefined) connection.setBlocked(alarm);
            resolve(connection);
          }
        });
      });
    },
    fail(reason) {
      down = reason;
      dropConnections(reason);
      node.restart();
    },
    recover() {
      down = undefined;
    },
    dropConnections,
    block(reason) {
      alarm = reason;
      for (const connection of connections) connection.setBlocked(reason);
    },
    unblock() {
      alarm = undefined;
      for (const connection of connections) connection.setBlocked(undefined);
    },
    nackNext(count) {
      nacks = count;
    },
  };
}
