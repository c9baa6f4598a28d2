import type { AlertKind } from '../../host/host-state.js';
import type { JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Config } from '../../config/schema.js';
import type { GroupSets } from '../../world/group-sets.js';
import type { World } from '../../world/world.js';
import type { ConfirmedSets } from '../publishing/confirmed-sets.js';
import { assignedTo, type AssignedNeeds } from '../groups/assigned.js';
import { newestSetHash } from '../hosts/wanted-hashes.js';
import type { Log } from '../../log/log.js';
import type { AlertDesk } from './alert-desk.js';

const SWITCH = {
  retirement: 'retirement_alert_enabled',
  keepalive_fail: 'keepalive_alert_enabled',
  keepalive_recover: 'keepalive_alert_enabled',
  hash_fail: 'hash_alert_enabled',
  hash_recover: 'hash_alert_enabled',
} as const;

export interface RaiseAlertNeeds extends AssignedNeeds {
  readonly config: Pick<Config, (typeof SWITCH)[AlertKind]>;
  readonly world: Pick<World, 'groupByName' | 'rows'>;
  readonly confirmedSets: Pick<ConfirmedSets, 'with'>;
  readonly groupSets: Pick<GroupSets, 'scope' | 'of'>;
  readonly alerts: AlertDesk;
  readonly log: Pick<Log, 'warn'>;
}

export interface RaiseCompileAlertNeeds {
  readonly config: Pick<Config, 'compile_alert_enabled'>;
  readonly alerts: AlertDesk;
  readonly log: Pick<Log, 'warn'>;
}

const NOT_TAKEN = 'an alert was not taken: the actor of this channel is not running or has too much to do';

/**
 * Tells people, unless the global switch, the host or its group is mute; a group that does not exist mutes nothing
 * (docs/host-lifecycle.md#mails). Only a message per channel: no channel is ever in the way of a report.
 */
export function raiseAlert(
  needs: RaiseAlertNeeds,
  kind: AlertKind,
  host: JsonObject,
  differing: readonly string[],
): void {
  const { config, world, alerts, log } = needs;
  const group = typeof host.group === 'string' ? world.groupByName(host.group) : undefined;
  if (!config[SWITCH[kind]] || host.alert_enable === false || group?.alert_enable === false) return;
  const alert = { kind, host, group, ipsetHash: setHashOf(needs, host), differing };
  for (const channel of alerts.tell(alert)) log.warn({ channel, kind, name: host.name }, NOT_TAKEN);
}

/** The hash of the sets that the host should have. */
function setHashOf(needs: RaiseAlertNeeds, host: JsonObject): string | undefined {
  const { world, confirmedSets, groupSets } = needs;
  if (groupSets.scope === 'all') return newestSetHash(confirmedSets.with(world.rows('ipset')));
  const sets = assignedTo(needs, { hostkey: textOf(host['hostkey']), group: textOf(host['group']) })?.sets;
  return sets === undefined ? undefined : groupSets.of(sets)?.hash;
}

/**
 * Tells people that a group's policy can't be compiled (docs/rulesets.md#what-the-kernel-refuses), unless the switch or
 * the group is mute.
 */
export function raiseCompileAlert(
  { config, alerts, log }: RaiseCompileAlertNeeds,
  group: JsonObject,
  detail: string,
): void {
  if (!config.compile_alert_enabled || group.alert_enable === false) return;
  const alert = { kind: 'compile_fail', host: {}, group, ipsetHash: undefined, differing: [], detail } as const;
  for (const channel of alerts.tell(alert)) log.warn({ channel, kind: alert.kind, group: group.name }, NOT_TAKEN);
}
