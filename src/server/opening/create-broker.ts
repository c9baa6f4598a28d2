import { createAmqpBroker } from '../../broker/amqp/amqp-broker.js';
import type { SslOptions } from '../../broker/amqp/options.js';
import type { Broker } from '../../broker/broker.js';
import { createMemoryBroker } from '../../broker/memory/memory-broker.js';
import { brokerUrls } from '../../config/broker-urls.js';
import type { Config } from '../../config/schema.js';

/** The configured broker; nothing is connected yet. @throws Error when a URL is malformed */
export function createBroker(config: Config): Broker {
  const { kind, heartbeat, connection_timeout, confirm_timeout_ms, max_unconfirmed } = config.broker;
  if (kind === 'memory') return createMemoryBroker();
  return createAmqpBroker({
    urls: brokerUrls(config),
    heartbeatSeconds: heartbeat,
    connectTimeoutMs: connection_timeout,
    publishWindow: max_unconfirmed,
    confirmTimeoutMs: confirm_timeout_ms,
    ssl_options: sslOptions(config),
  });
}

/** What the connection is told of TLS. */
export function sslOptions({ broker }: Pick<Config, 'broker'>): SslOptions {
  const { cacertfile, certfile, keyfile, verify, server_name_indication } = broker.ssl_options;
  return {
    verify,
    ...(cacertfile === undefined ? {} : { cacertfile }),
    ...(certfile === undefined ? {} : { certfile }),
    ...(keyfile === undefined ? {} : { keyfile }),
    ...(server_name_indication === undefined ? {} : { server_name_indication }),
  };
}
