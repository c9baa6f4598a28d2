import { blameQueues } from '../../actors/publishing/blame-queues.js';
import type { BlameQueues } from '../../actors/publishing/note-refused.js';
import type { Log } from '../../log/log.js';
import { managementApi, type ManagementApi } from '../../broker/management/management-api.js';
import { surveyExchange } from '../../broker/management/refusing-queues.js';
import { brokerUrls } from '../../config/broker-urls.js';
import type { Config } from '../../config/schema.js';
import { sslOptions } from './create-broker.js';

/** Longest time for all questions about one exchange, in milliseconds. */
const SURVEY_MS = 30_000;

export interface ManagementParts {
  readonly config: Config;
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** RabbitMQ's management API and the name of the vhost, if the configuration says where it is. */
export function managementOf(config: Config): { readonly api: ManagementApi; readonly vhost: string } | undefined {
  const { kind, management } = config.broker;
  if (kind !== 'amqp' || management.url === undefined) return undefined;
  const [broker = ''] = brokerUrls(config);
  const amqp = new URL(broker);
  const url = new URL(management.url);
  const word = (text: string): string | undefined => (text === '' ? undefined : decodeURIComponent(text));
  const api = managementApi({
    url: management.url,
    user: word(url.username) ?? management.user ?? word(amqp.username) ?? 'guest',
    password: word(url.password) ?? management.password ?? word(amqp.password) ?? 'guest',
    sslOptions: sslOptions(config),
  });
  const path = amqp.pathname.replace(/^\//, '');
  return { api, vhost: path === '' ? '/' : decodeURIComponent(path) };
}

/** Asks which queue refused a message, if RabbitMQ's management API is configured. */
export function createBlame({ config, log, now }: ManagementParts): BlameQueues | undefined {
  const management = managementOf(config);
  if (management === undefined) return undefined;
  const { api, vhost } = management;
  return blameQueues({
    survey: (exchange) => surveyExchange(api, vhost, exchange, AbortSignal.timeout(SURVEY_MS)),
    log,
    now,
  });
}
