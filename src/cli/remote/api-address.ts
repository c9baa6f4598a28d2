import type { Config } from '../../config/schema.js';

/** The URL at which a server with this configuration is asked from its own machine. */
export function apiAddress({ host, port }: Pick<Config['api'], 'host' | 'port'>): string {
  // A server that listens everywhere is asked where it surely is.
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
