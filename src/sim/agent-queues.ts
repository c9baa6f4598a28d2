import type { BrokerConnection, Consumer, Delivery } from '../broker/broker.js';
import type { HostConfig } from '../wire/messages/config.js';
import { AGENT_QUEUES, declareAgentQueue, queueName, type AgentQueue } from './agent-topology.js';

/** Handles one message and answers it; a rejection is the handler's crash. */
export type QueueHandler = (queue: AgentQueue, delivery: Delivery) => Promise<void>;

/**
 * The agent's consumers: one per queue, one message at a time. A crashed handler rejects its message without requeue and
 * loses the queue with its backlog; both come back anew (docs/protocol.md#what-an-agent-does).
 */
export class AgentQueues {
  readonly #handle: QueueHandler;
  readonly #note: (error: unknown) => void;
  readonly #consumers = new Map<AgentQueue, Consumer>();
  #connection: BrokerConnection | undefined;
  /** The keys of the process's start: a config message changes them only for the next process. */
  #config: HostConfig | undefined;

  constructor(handle: QueueHandler, note: (error: unknown) => void) {
    this.#handle = handle;
    this.#note = note;
  }

  /** Declares and consumes all three; on a later connection of the same process with the keys of the first. */
  async begin(connection: BrokerConnection, config: HostConfig): Promise<void> {
    // What is left of an attempt that failed half-way; consumers of a lost connection are gone with it.
    if (this.#connection === connection) await Promise.allSettled(AGENT_QUEUES.map((queue) => this.drop(queue)));
    else this.#consumers.clear();
    this.#connection = connection;
    this.#config ??= config;
    for (const queue of AGENT_QUEUES) await this.#consume(connection, queue, this.#config);
  }

  /** Stops consuming; the queue goes with its last consumer. */
  async drop(queue: AgentQueue): Promise<void> {
    const consumer = this.#consumers.get(queue);
    this.#consumers.delete(queue);
    await consumer?.cancel();
  }

  /** The process ends. */
  async end(): Promise<void> {
    this.#config = undefined;
    this.#connection = undefined;
    await Promise.allSettled(AGENT_QUEUES.map((queue) => this.drop(queue)));
  }

  async #consume(connection: BrokerConnection, queue: AgentQueue, config: HostConfig): Promise<void> {
    await declareAgentQueue(connection, queue, config);
    const consumer = await connection.consume(queueName(queue, config), { prefetch: 1 }, (delivery) => {
      void this.#deliver(queue, delivery);
    });
    // The process or its connection may have ended while the broker answered.
    if (this.#connection === connection && this.#config === config) this.#consumers.set(queue, consumer);
    else await consumer.cancel();
  }

  async #deliver(queue: AgentQueue, delivery: Delivery): Promise<void> {
    try {
      await this.#handle(queue, delivery);
    } catch (error) {
      this.#note(error);
      delivery.reject({ requeue: false });
      await this.#restart(queue);
    }
  }

  async #restart(queue: AgentQueue): Promise<void> {
    const connection = this.#connection;
    const config = this.#config;
    try {
      await this.drop(queue);
      if (connection !== undefined && config !== undefined) await this.#consume(connection, queue, config);
    } catch (error) {
      this.#note(error);
    }
  }
}
