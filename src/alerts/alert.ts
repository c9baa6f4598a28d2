import type { JsonObject } from '../model/document.js';

/**
 * The five alerts about hosts (docs/host-lifecycle.md#mails), one about a group that can't be compiled
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
 * Whether they want to be told was decided before. Texts in it are as they came: `alertFacts` cleans them.
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
