/** A message to publish (docs/protocol.md#messages-in-flight). Bodies are external terms or raw bytes. */
export interface Publication {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Delivery mode 2. */
  readonly persistent: boolean;
  /** An unroutable message rejects with `BrokerError` code `unroutable` instead of vanishing. */
  readonly mandatory?: boolean;
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** The sender's own user name: RabbitMQ refuses any other. */
  readonly userId?: string;
}

/** A message received. Exactly one of `ack` and `reject` is called, once; after the connection is gone both do nothing. */
export interface Delivery {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Uint8Array;
  readonly redelivered: boolean;
  readonly contentType?: string;
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** The sender's user name, as the broker checked it; absent when the sender gave none. */
  readonly userId?: string;
  ack(): void;
  reject(how: { readonly requeue: boolean }): void;
}

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: 'direct' | 'fanout' | 'topic';
  readonly durable: boolean;
}

export interface QueueDeclaration {
  /** Empty: the broker makes a name. */
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly exclusive: boolean;
}

export interface QueueInfo {
  readonly name: string;
  readonly messageCount: number;
  readonly consumerCount: number;
}

export interface Consumer {
  readonly tag: string;
  /** Stops deliveries; resolves when none will come any more. Unacknowledged ones stay the caller's to answer. */
  cancel(): Promise<void>;
  /** Settles when the consumer ends unasked (queue deleted, channel or connection gone), with why; never rejects. */
  readonly ended: Promise<BrokerError | undefined>;
}

/** One live connection. When it is lost every pending call rejects and `closed` settles; it never comes back by itself. */
export interface BrokerConnection {
  declareExchange(exchange: ExchangeDeclaration): Promise<void>;
  declareQueue(queue: QueueDeclaration): Promise<QueueInfo>;
  /** The queue, if it exists, without declaring it. */
  inspectQueue(name: string): Promise<QueueInfo | undefined>;
  bindQueue(queue: string, exchange: string, routingKey: string): Promise<void>;
  unbindQueue(queue: string, exchange: string, routingKey: string): Promise<void>;
  deleteQueue(name: string): Promise<void>;
  /**
   * Resolves when the broker has confirmed the message, rejects with a `BrokerError` otherwise.
   * Any number may be under way at once; they are sent in call order. While `blocked`, they wait.
   */
  publish(message: Publication): Promise<void>;
  /** Each delivery goes to `handler`, in order, at most `prefetch` unanswered at a time. */
  consume(
    queue: string,
    options: { readonly prefetch: number },
    handler: (delivery: Delivery) => void,
  ): Promise<Consumer>;
  /** The broker's reason while it refuses publishes (`connection.blocked`, a memory or disk alarm). */
  readonly blocked: string | undefined;
  onBlocked(listener: (reason: string | undefined) => void): () => void;
  /** Settles when the connection has ended: with the error, or `undefined` after `close()`. Never rejects. */
  readonly closed: Promise<BrokerError | undefined>;
  /** Waits for outstanding confirms, then closes. Idempotent. */
  close(): Promise<void>;
  /** Ends at once: nothing more is sent, not even what is on its way to the socket. `closed` settles with an error. */
  abandon(): void;
}

/** The broker port: makes connections. Retrying is the caller's (the connection actor's) business. */
export interface Broker {
  readonly kind: 'memory' | 'amqp';
  /** Where it connects to, for logs and `/readyz`: never holds a secret. */
  readonly describe: string;
  /**
   * `refusal` is asked right before each message leaves, however long it waited here: the error with which it is refused,
   * or undefined to let it go.
   */
  connect(signal?: AbortSignal, refusal?: () => BrokerError | undefined): Promise<BrokerConnection>;
}

/** What an error destroys: one message, one channel (its publishes and consumers), or the connection. */
export type BrokerErrorScope = 'message' | 'channel' | 'connection';

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly scope: BrokerErrorScope;
  /** `unroutable`, `nacked`, `closed`, `abandoned`, `fenced`, `refused`, `access`, `precondition`, `timeout`, `heartbeat`, `not_found`, `protocol`. */
  readonly code: string;
  constructor(scope: BrokerErrorScope, code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.scope = scope;
    this.code = code;
  }
}
