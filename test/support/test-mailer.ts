import { onTestFinished } from 'vitest';
import { AlertChannelActor } from '../../src/actors/alerts/alert-channel-actor.js';
import { channelActor } from '../../src/actors/alerts/alert-messages.js';
import { IdleChannelActor } from '../../src/actors/alerts/idle-channel-actor.js';
import type { Alert, AlertKind } from '../../src/alerts/alert.js';
import { channelFigures } from '../../src/alerts/channel-figures.js';
import { DeadLetterBox, type DeadLetter } from '../../src/alerts/dead-letter-box.js';
import { MailChannel } from '../../src/alerts/mail/mail-channel.js';
import { MAIL } from '../../src/alerts/mail/mail.js';
import { mailAddresses } from '../../src/alerts/mail/mail-config.js';
import { smtpRelay, type SendMail } from '../../src/alerts/mail/smtp-relay.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { createMetrics, type Metrics } from '../../src/metrics/create-metrics.js';
import {
  cast,
  createActorSystem,
  startGenServer,
  stopGenServer,
  type DetailObject,
  type ActorSystem,
} from '../../src/otp/index.js';

/** The mail configuration for a relay on loopback; `set` overrides it, as on the command line. */
export function mailConfig(port: number, set: readonly string[] = []): Config {
  return loadConfig({
    set: [
      'smtp_relay=127.0.0.1',
      `smtp_port=${port}`,
      'smtp_tls=opportunistic',
      'smtp_tls_verify=false',
      'smtp_from=dog@example.org',
      'smtp_to=ops@example.org',
      'alerts.retry_min_seconds=0.05',
      'alerts.retry_max_seconds=0.2',
      'alerts.timeout_ms=2000',
      ...set,
    ],
  }).config;
}

/** The actor of mail, alone. */
export interface TestMailer {
  enqueue(alert: Alert): void;
  /** What it shows in the tree. */
  state(): DetailObject;
  deadLetters(): readonly DeadLetter[];
  /** Stops it in order; gives how many mails were left. */
  stop(): Promise<number>;
}

export interface TestMailerOptions {
  readonly deadLetterFile?: string;
  /** In place of the real relay. */
  readonly send?: SendMail;
  readonly random?: () => number;
  /** Default: a real one. Whoever gives another ends what runs on it. */
  readonly system?: ActorSystem;
}

/** A mailer that is stopped when the test ends, with its metrics and what it logged. */
export function testMailer(
  config: Config,
  options: TestMailerOptions = {},
): { readonly mailer: TestMailer; readonly metrics: Metrics; readonly logged: readonly string[] } {
  const metrics = createMetrics();
  const logged: string[] = [];
  let left = 0;
  const note = (fields: { readonly mails?: number }, message: string): void => {
    logged.push(message);
    left += fields.mails ?? 0;
  };
  const log = { info: note, warn: note };
  const system = options.system ?? createActorSystem();
  const { clock } = system;
  const deadLetters = new DeadLetterBox({ path: options.deadLetterFile, max: config.alerts.dead_letters_max, log });
  const addresses = mailAddresses(config);
  const actor =
    addresses === undefined
      ? new IdleChannelActor({ ...MAIL, log })
      : new AlertChannelActor({
          channel: new MailChannel({
            config,
            addresses,
            now: () => clock.now(),
            send: options.send ?? smtpRelay({ ...config, smtp_relay: addresses.relay }),
          }),
          words: MAIL,
          to: MAIL.recipients(config),
          limits: config.alerts,
          clock,
          log,
          figures: [channelFigures(metrics, MAIL.name, MAIL.outage), MAIL.figures(metrics)],
          deadLetters,
          random: options.random ?? Math.random,
        });
  const name = channelActor(MAIL.actor);
  void startGenServer(system, actor, { name, trapExit: true });
  const mailer: TestMailer = {
    enqueue: (alert) => void cast(system, name, { tag: 'alert', alert }),
    state: () => actor.describe(),
    deadLetters: () => deadLetters.letters,
    stop: async () => {
      if (system.whereis(name) !== undefined) await stopGenServer(system, name);
      return left;
    },
  };
  if (options.system === undefined) onTestFinished(async () => void (await mailer.stop()));
  return { mailer, metrics, logged };
}

/** An alert about a host. */
export function alertOf(kind: AlertKind, name = 'web1', more: Partial<Alert> = {}): Alert {
  const host = { id: `id-${name}`, name, hostkey: `key-${name}`, group: 'web', active: 'active' };
  return { kind, host, group: { id: 'g1', name: 'web' }, ipsetHash: 'abc123', differing: [], ...more };
}
