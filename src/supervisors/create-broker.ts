import { createAmqpBroker } from '../broker/amqp/amqp-broker.js';
import type { Broker } from '../broker/broker.js';
import { createMemoryBroker } from '../broker/memory/memory-broker.js';
import { brokerUrls } from '../config/broker-urls.js';
import type { Config } from '../config/schema.js';

/** The configured broker; nothing is connected yet. */
export const createBroker = (config: Config): Broker => {
  const { kind, ssl_options, heartbeat, connection_timeout, confirm_timeout_ms, max_unconfirmed } = config.broker;
  if (kind === 'memory') return createMemoryBroker();
  const { cacertfile, certfile, keyfile, verify, server_name_indication } = ssl_options;
  return createAmqpBroker({
    urls: brokerUrls(config),
    heartbeatSeconds: heartbeat,
    connectTimeoutMs: connection_timeout,
    publishWindow: max_unconfirmed,
    confirmTimeoutMs: confirm_timeout_ms,
    ssl_options: {
      verify,
      ...(cacertfile === undefined ? {} : { cacertfile }),
      ...(certfile === undefined ? {} : { certfile }),
      ...(keyfile === undefined ? {} : { keyfile }),
      ...(server_name_indication === undefined ? {} : { server_name_indication }),
    },
  });
};
