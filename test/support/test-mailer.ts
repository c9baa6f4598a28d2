import { onTestFinished } from 'vitest';
import type { Alert, AlertConfig, AlertKind } from '../../src/alerts/alert.js';
import { createMailer } from '../../src/alerts/create-mailer.js';
import type { Mailer, MailerDeps } from '../../src/alerts/create-mailer.js';
import { loadConfig } from '../../src/config/load.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import type { Metrics } from '../../src/metrics/create-metrics.js';

/** The real clock, as alerts want it. */
export const realClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (ms: number, fire: () => void) => setTimeout(fire, ms),
  clearTimer: (timer: NodeJS.Timeout) => clearTimeout(timer),
};

/** The mail configuration for a relay on loopback; `set` overrides it, as on the command line. */
export function mailConfig(port: number, set: readonly string[] = []): AlertConfig {
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

/** A mailer that is stopped when the test ends, with its metrics and what it logged. */
export function testMailer(
  config: AlertConfig,
  more: Partial<MailerDeps> = {},
): { readonly mailer: Mailer; readonly metrics: Metrics; readonly logged: readonly string[] } {
  const metrics = createMetrics();
  const logged: string[] = [];
  const note = (_fields: object, message: string) => void logged.push(message);
  const mailer = createMailer(config, {
    log: { info: note, warn: note },
    metrics,
    clock: realClock,
    ...more,
  });
  onTestFinished(async () => void (await mailer.stop(100)));
  return { mailer, metrics, logged };
}

/** An alert about a host. */
export function alertOf(kind: AlertKind, name = 'web1', more: Partial<Alert> = {}): Alert {
  const host = { id: `id-${name}`, name, hostkey: `key-${name}`, group: 'web', active: 'active' };
  return { kind, host, group: { id: 'g1', name: 'web' }, ipsetHash: 'abc123', differing: [], ...more };
}
