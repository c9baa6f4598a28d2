import type { SettingNames } from './explain-connect.js';

/**
 * The `ssl_options` keys of the old configuration (docs/host-lifecycle.md#keys-of-the-erlang-servers-configuration).
 * Files are PEM.
 */
export interface SslOptions {
  /** The section where these options stand, for what is said of them; default `broker.ssl_options`. */
  readonly section?: string;
  readonly cacertfile?: string;
  readonly certfile?: string;
  readonly keyfile?: string;
  /** Default `verify_peer`. */
  readonly verify?: 'verify_peer' | 'verify_none';
  /** A name or an address: that one is sent (a name) and checked; absent, or `disable`: none is. */
  readonly server_name_indication?: string;
  /** Has a meaning for servers only; accepted. */
  readonly fail_if_no_peer_cert?: boolean;
}

/** How to reach RabbitMQ. What a URL doesn't say comes from the other fields. */
export interface AmqpBrokerOptions {
  /** `amqp://user:password@host:port/vhost` or `amqps://…`; several are tried in random order. */
  readonly urls: readonly string[];
  readonly username?: string;
  readonly password?: string;
  /** For URLs without a path; default `/`, as in other clients. */
  readonly vhost?: string;
  /** For `amqps` URLs. */
  readonly ssl_options?: SslOptions;
  /** What errors call these settings; default: as this server's configuration does. */
  readonly settings?: SettingNames;
  /** Seconds, default 15; 0 turns heartbeats off. A silent peer is noticed within two of them. */
  readonly heartbeatSeconds?: number;
  /** For one host, handshake included; default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Most publishes sent and not yet confirmed; default 512. */
  readonly publishWindow?: number;
  /** A connection on which messages wait and none is confirmed for so long is given up; default 5,000. */
  readonly confirmTimeoutMs?: number;
  /** Shown by `rabbitmqctl list_connections client_properties`; default `dog_trainer`. */
  readonly connectionName?: string;
  /** In [0, 1), for the order of hosts; default `Math.random`. */
  readonly random?: () => number;
}
