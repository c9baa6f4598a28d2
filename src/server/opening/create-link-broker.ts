import { createAmqpBroker } from '../../broker/amqp/amqp-broker.js';
import type { SettingNames } from '../../broker/amqp/explain-connect.js';
import type { Broker } from '../../broker/broker.js';
import type { Config } from '../../config/schema.js';
import type { FarBroker } from '../../federation/link-settings.js';

/** Makes the broker port of a linked server; nothing is connected yet. @throws Error when it cannot be told where it is */
export type CreateLinkBroker = (far: FarBroker) => Broker;

/** Of a link's document. */
const LINK_SETTINGS: SettingNames = {
  address: 'connection.host and connection.port',
  user: 'connection.user and connection.password',
  vhost: 'connection.virtual_host',
  ssl: 'connection.ssl_options',
  anyName: 'to disable',
  withTls: 'connection.tls: true',
  withoutTls: 'another connection.port, or connection.tls: false, by which nothing is encrypted',
};

/** Linked servers are reached by AMQP alone, with the waits of this server's own broker. */
export function createLinkBroker({ broker }: Pick<Config, 'broker'>): CreateLinkBroker {
  return ({ host, port, user, password, vhost, tls, ssl }) =>
    createAmqpBroker({
      urls: [`${tls ? 'amqps' : 'amqp'}://${host.includes(':') ? `[${host}]` : host}:${port}`],
      username: user,
      password,
      vhost,
      heartbeatSeconds: broker.heartbeat,
      connectTimeoutMs: broker.connection_timeout,
      confirmTimeoutMs: broker.confirm_timeout_ms,
      publishWindow: 1,
      ssl_options: { ...ssl, section: LINK_SETTINGS.ssl },
      settings: LINK_SETTINGS,
    });
}
