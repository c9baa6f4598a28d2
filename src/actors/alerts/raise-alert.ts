import type { AlertKind } from '../../host/host-state.js';
import type { JsonObject } from '../../model/document.js';
import type { Config } from '../../config/schema.js';
import { cast, type ActorSystem } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import type { Log } from '../log-port.js';
import type { ConfirmedSets } from '../publishing/confirmed-sets.js';
import { MAILER } from './alert-messages.js';
import { newestSetHash } from '../hosts/wanted-hashes.js';

const SWITCH = {
  retirement: 'retirement_alert_enabled',
  keepalive_fail: 'keepalive_alert_enabled',
  keepalive_recover: 'keepalive_alert_enabled',
  hash_fail: 'hash_alert_enabled',
  hash_recover: 'hash_alert_enabled',
} as const;

export interface RaiseAlertNeeds {
  readonly config: Pick<Config, (typeof SWITCH)[AlertKind]>;
  readonly world: Pick<World, 'groupByName' | 'rows'>;
  readonly confirmedSets: Pick<ConfirmedSets, 'with'>;
  readonly system: ActorSystem;
  readonly log: Pick<Log, 'warn'>;
}

const NOT_MAILED = 'an alert was not mailed: the mailer is not running or has too much to do';

/**
 * Tells people, unless the global switch, the host or its group is mute; a group that does not exist mutes nobody
 * (docs/host-lifecycle.md#mails). Only a message: mail is never in the way of a report.
 */
export function raiseAlert(
  { config, world, system, log, confirmedSets }: RaiseAlertNeeds,
  kind: AlertKind,
  host: JsonObject,
  differing: readonly string[],
): void {
  const group = typeof host.group === 'string' ? world.groupByName(host.group) : undefined;
  if (!config[SWITCH[kind]] || host.alert_enable === false || group?.alert_enable === false) return;
  const alert = { kind, host, group, ipsetHash: newestSetHash(confirmedSets.with(world.rows('ipset'))), differing };
  if (!cast(system, MAILER, { tag: 'alert', alert })) log.warn({ kind, name: host.name }, NOT_MAILED);
}

export interface RaiseCompileAlertNeeds {
  readonly config: Pick<Config, 'compile_alert_enabled'>;
  readonly system: ActorSystem;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * Tells people that a group's policy can't be compiled (docs/rulesets.md#what-the-kernel-refuses), unless the switch or
 * the group is mute.
 */
export function raiseCompileAlert(
  { config, system, log }: RaiseCompileAlertNeeds,
  group: JsonObject,
  detail: string,
): void {
  if (!config.compile_alert_enabled || group.alert_enable === false) return;
  const alert = { kind: 'compile_fail', host: {}, group, ipsetHash: undefined, differing: [], detail } as const;
  if (!cast(system, MAILER, { tag: 'alert', alert })) log.warn({ kind: alert.kind, group: group.name }, NOT_MAILED);
}
