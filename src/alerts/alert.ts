import type { JsonObject } from '../model/document.js';

/**
 * The five mails about hosts (docs/host-lifecycle.md#mails), one about a group that can't be compiled
 * (docs/decisions/0002-never-publish-what-the-kernel-refuses.md), and two about an alarm of this server: set, and
 * cleared.
 */
export const ALERT_KINDS = [
  'retirement',
  'keepalive_fail',
  'keepalive_recover',
  'hash_fail',
  'hash_recover',
  'compile_fail',
  'alarm_set',
  'alarm_cleared',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/**
 * Something people are to be told about a host, or, of kind `compile_fail`, about the group, or, of kinds `alarm_set` and
 * `alarm_cleared`, about the alarm named: `host` is then empty.
 * Whether they want to be told was decided before.
 */
export interface Alert {
  readonly kind: AlertKind;
  readonly host: JsonObject;
  readonly group: JsonObject | undefined;
  /** The newest hash of the sets. */
  readonly ipsetHash: string | undefined;
  /** Reported hashes that are not the wanted ones, by field name. */
  readonly differing: readonly string[];
  /** What is wrong with the group's policy, or the text of the alarm: one sentence. */
  readonly detail?: string;
  /** The id of the alarm. */
  readonly alarm?: string;
}

/** A mail before it is addressed. Subject and lines are clean: no control characters, so nothing can forge a header. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  /** How many alerts of each kind it carries. */
  readonly carries: ReadonlyMap<AlertKind, number>;
}

/** The configuration keys that alerts use. */
export interface AlertConfig {
  readonly smtp_relay: string | undefined;
  readonly smtp_port: number;
  readonly smtp_tls: 'required' | 'opportunistic' | 'implicit' | 'none';
  readonly smtp_tls_verify: boolean;
  readonly smtp_username: string | undefined;
  readonly smtp_password: string | undefined;
  readonly smtp_from: string | undefined;
  readonly smtp_to: readonly string[];
  readonly keepalive_alert_seconds: number;
  readonly retirement_alert_seconds: number;
  readonly hashcheck_alert_seconds: number;
  readonly alerts: {
    readonly digest_window_seconds: number;
    readonly digest_after: number;
    readonly timeout_ms: number;
    readonly retry_min_seconds: number;
    readonly retry_max_seconds: number;
    readonly retry_limit: number;
    readonly queue_max: number;
    readonly dead_letters_max: number;
  };
}

/** The part of a clock that alerts need; the actor kernel's real and virtual clocks both fit. */
export interface AlertClock<Timer = unknown> {
  /** Epoch milliseconds; may jump. */
  now(): number;
  /** Milliseconds that never jump: waits are counted in these. */
  monotonic(): number;
  setTimer(ms: number, fire: () => void): Timer;
  clearTimer(timer: Timer): void;
}

/** The part of a logger that alerts need: fields first, then one sentence. */
export interface AlertLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
