import { brokerUrls } from '../../config/broker-urls.js';
import type { Config } from '../../config/schema.js';
import type { GuardSettings } from '../../plan/assertions/guard-book.js';

/** What the configuration guards. The addresses of the broker are known where agents use the same one as this server. */
export function guardSettings(config: Pick<Config, 'guards' | 'broker'>): GuardSettings {
  const { guards, broker } = config;
  return {
    sshFrom: guards.ssh_from,
    dns: guards.dns,
    brokers: guards.broker && broker.kind === 'amqp' ? brokerUrls(config).map(whereItListens) : [],
  };
}

/** AMQP's ports are 5672 and, with TLS, 5671. */
function whereItListens(text: string): { readonly host: string; readonly port: number } {
  const url = new URL(text);
  const port = url.port === '' ? (url.protocol === 'amqps:' ? 5671 : 5672) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}
