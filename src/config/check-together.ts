import { isIP } from 'node:net';
import type { ChannelKind } from '../alerts/alert-channel.js';
import { ALERT_CHANNELS } from '../alerts/channels.js';
import { brokerUrls } from './broker-urls.js';
import type { ConfigProblem, Origin } from './config-error.js';
import { readStepTexts, RolloutPolicyError } from '../rollout/rollout-policy.js';
import { rethinkServer } from './rethink-servers.js';
import type { Config } from './schema.js';

/** Problems that depend on several keys. */
export interface TogetherCheck {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly string[];
}

/**
 * Checks the rules that span keys: access (docs/http-api.md#who-asks), mail, broker, and times that contradict each
 * other.
 */
export function checkTogether(config: Config, origins: ReadonlyMap<string, Origin>): TogetherCheck {
  const problems: ConfigProblem[] = [];
  const warnings: string[] = [];
  const wrong = (key: string, value: unknown, wanted: string) => {
    const origin = origins.get(key);
    problems.push({ key, value: JSON.stringify(value), ...(origin === undefined ? {} : { origin }), wanted });
  };

  if (config.api.auth === 'none' && !isLoopback(config.api.host)) {
    if (config.api.allow_unauthenticated) {
      warnings.push(
        `api.host is ${config.api.host} and api.auth is none: anybody who reaches port ${config.api.port} can change every firewall, unless a gateway in front stops them`,
      );
    } else {
      wrong(
        'api.host',
        config.api.host,
        'must be a loopback address while api.auth is none; set api.auth: tokens, or api.allow_unauthenticated: true if a gateway in front checks who comes',
      );
    }
  }
  try {
    readStepTexts(config.rollout.steps);
  } catch (error) {
    if (!(error instanceof RolloutPolicyError)) throw error;
    wrong(
      'rollout.steps',
      config.rollout.steps,
      `${error.where}: ${error.message}, as in 1, 1% at least 3, 10%, 50%, all`,
    );
  }
  if (config.actors.mailbox_long_over >= config.actors.mailbox_long)
    wrong(
      'actors.mailbox_long_over',
      config.actors.mailbox_long_over,
      `must be less than actors.mailbox_long (${config.actors.mailbox_long})`,
    );
  if (config.api.commands && config.api.auth === 'none') {
    warnings.push(
      'api.commands is true and api.auth is none: any client that reaches the API can run commands on every host',
    );
  }
  if (config.console.eval)
    warnings.push(
      "console.eval is true: who may open the socket in run_dir, the service's user and root, can run any code in this server",
    );
  if (config.drift.read_back && !config.api.commands)
    warnings.push('drift.read_back is true and api.commands is false: no host is asked for its rules');

  if (samePort(config.api, config.metrics)) {
    wrong('metrics.port', config.metrics.port, 'must be another than api.port, as metrics.host and api.host overlap');
  }
  for (const server of config.store.servers) {
    if (rethinkServer(server) === undefined)
      wrong('store.servers', server, 'must be a list of host, host:port (1 to 65535) or [address]:port');
  }
  if (['console.log', 'error.log'].includes(config.log.crash_log)) {
    wrong('log.crash_log', config.log.crash_log, 'must be another file than console.log and error.log');
  }

  if (config.retirement_alert_seconds < config.keepalive_alert_seconds) {
    warnings.push(
      'retirement_alert_seconds is less than keepalive_alert_seconds: a silent host is retired right after it became inactive',
    );
  }
  const guardSeconds = config.max_interval_since_last_agent_update * config.last_agent_update_check_interval_seconds;
  if (config.keepalive_alert_seconds <= guardSeconds) {
    warnings.push(
      `keepalive_alert_seconds (${config.keepalive_alert_seconds}) is not more than the ${guardSeconds} seconds of max_interval_since_last_agent_update intervals: when this server is cut off from all agents, hosts are declared dead before that is noticed`,
    );
  }
  if (config.alerts.retry_max_seconds < config.alerts.retry_min_seconds) {
    wrong('alerts.retry_max_seconds', config.alerts.retry_max_seconds, 'must be at least alerts.retry_min_seconds');
  }
  if (config.ec2.retry_max_seconds < config.ec2.retry_min_seconds) {
    wrong('ec2.retry_max_seconds', config.ec2.retry_max_seconds, 'must be at least ec2.retry_min_seconds');
  }
  const { access_key_id, secret_access_key } = config.ec2;
  if ((access_key_id === undefined) !== (secret_access_key === undefined)) {
    const key = `ec2.${access_key_id === undefined ? 'access_key_id' : 'secret_access_key'}`;
    wrong(key, null, 'must be given too: the id of a key and its secret go together');
  }
  if (config.broker.reconnect_max_ms < config.broker.reconnect_min_ms) {
    wrong('broker.reconnect_max_ms', config.broker.reconnect_max_ms, 'must be at least broker.reconnect_min_ms');
  }

  const channels: readonly ChannelKind<Config>[] = ALERT_CHANNELS;
  for (const channel of channels) {
    const findings = channel.check?.(config) ?? {};
    for (const { key, value, wanted } of findings.wrong ?? []) wrong(key, value, wanted);
    warnings.push(...(findings.warnings ?? []));
  }
  if (config.broker.kind === 'memory' && (config.broker.url !== undefined || config.broker.urls.length > 0)) {
    warnings.push('broker.url is set but broker.kind is memory, so it is not used; set broker.kind: amqp');
  }
  const shortest = 2 * config.broker.heartbeat;
  if (config.store.kind === 'rethinkdb' && config.broker.kind === 'amqp' && config.cluster.lease_seconds <= shortest) {
    wrong(
      'cluster.lease_seconds',
      config.cluster.lease_seconds,
      `must be more than ${shortest}, two of broker.heartbeat: when another server takes over, the broker must have given up on the one before`,
    );
  }
  const { cacertfile, certfile, keyfile, verify, server_name_indication } = config.broker.ssl_options;
  if ((certfile === undefined) !== (keyfile === undefined)) {
    const key = `broker.ssl_options.${certfile === undefined ? 'certfile' : 'keyfile'}`;
    wrong(key, null, 'must be given too: a certificate and its private key go together');
  }
  if (config.broker.kind === 'amqp' && brokerUrls(config).some((url) => url.includes('?'))) {
    warnings.push(
      'what follows the ? of a broker URL is not read: heartbeat, TLS files and the like have keys of their own (broker.heartbeat, broker.ssl_options)',
    );
  }
  if (config.broker.kind === 'amqp') {
    const urls = brokerUrls(config);
    const secure = urls.filter((url) => url.startsWith('amqps:')).length;
    if (secure > 0 && verify === 'verify_none')
      warnings.push('broker.ssl_options.verify is verify_none: anybody can pretend to be the broker');
    else if (secure > 0 && cacertfile === undefined && (server_name_indication ?? 'disable') === 'disable')
      warnings.push(
        'broker.ssl_options.cacertfile and server_name_indication are unset: any server with a certificate that the system trusts, for any name, can pretend to be the broker; set cacertfile to the authority of your brokers, or server_name_indication to their name',
      );
    if (secure < urls.length && (config.broker.tls || cacertfile !== undefined || certfile !== undefined))
      warnings.push(
        `${config.broker.urls.length > 0 ? 'broker.urls' : config.broker.url !== undefined ? 'broker.url' : 'broker.tls'} asks for a connection without TLS though TLS is configured (broker.tls, broker.ssl_options): passwords go over the wire in clear; write amqps://, or broker.tls: true`,
      );
  }
  return { problems, warnings };
}

const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];

/** Whether both would listen on one port of one address, as far as can be told without asking for names. */
function samePort(a: { readonly host: string; readonly port: number }, b: typeof a): boolean {
  if (a.port !== b.port || a.port === 0) return false;
  const plain = (host: string): string => (host.toLowerCase() === 'localhost' ? '127.0.0.1' : host.toLowerCase());
  return plain(a.host) === plain(b.host) || EVERYWHERE.includes(a.host) || EVERYWHERE.includes(b.host);
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === 'localhost' || host === '::1';
}
