import type { Config } from './schema.js';

/** The broker URLs to try in turn: `broker.urls`, else `broker.url`, else one made of host, port and the like. Hold secrets. */
export function brokerUrls({ broker }: Pick<Config, 'broker'>): readonly string[] {
  if (broker.urls.length > 0) return broker.urls;
  if (broker.url !== undefined) return [broker.url];
  const port = broker.port ?? (broker.tls ? 5671 : 5672);
  const host = broker.host ?? 'localhost';
  const credentials = `${encodeURIComponent(broker.user)}:${encodeURIComponent(broker.password ?? 'guest')}`;
  const authority = host.includes(':') ? `[${host}]` : host;
  const scheme = broker.tls ? 'amqps' : 'amqp';
  return [`${scheme}://${credentials}@${authority}:${port}/${encodeURIComponent(broker.virtual_host)}`];
}
