import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { RowChange } from '../../model/row-change.js';
import { textOf } from '../../model/text-of.js';
import { cast, type ActorSystem, type KeyedChildren } from '../../otp/index.js';
import type { Dirt } from '../../world/dirt.js';
import { CENSUS } from '../hosts/census-messages.js';
import { SECURITY_GROUPS } from '../ec2/security-groups-messages.js';
import { CONFIG_PUBLISHER } from '../publishing/config-publisher-messages.js';
import type { GroupCast } from '../groups/group-messages.js';
import type { HostCast } from '../hosts/host-messages.js';
import type { LinkCast } from '../links/link-messages.js';
import type { World } from '../../world/world.js';
import { clearGroupAlarm, clearHostAlarms } from '../publishing/refused-alarm.js';
import { IPSET_PUBLISHER } from '../publishing/publisher-messages.js';
import type { StaleGroups } from './stale-groups.js';

export interface RouteDirtNeeds {
  readonly system: ActorSystem;
  readonly world: Pick<World, 'ready' | 'rows' | 'hostByKey'>;
  readonly groups: Pick<KeyedChildren<GroupCast>, 'send'>;
  readonly staleGroups: Pick<StaleGroups, 'add' | 'forget'>;
  readonly hosts: Pick<KeyedChildren<HostCast>, 'send' | 'whereis'>;
  readonly links: Pick<KeyedChildren<LinkCast>, 'send'>;
  readonly alarms: Pick<AlarmBook, 'clear'>;
}

/** Tells a host's actor what became of its row, which may be under another hostkey now. */
function routeHost({ hosts, system, world, alarms }: RouteDirtNeeds, { before, after }: RowChange): void {
  const [was, is] = [textOf(before?.hostkey), textOf(after?.hostkey)];
  if (was !== '' && was !== is && world.hostByKey(was) === undefined) clearHostAlarms(alarms, was);
  if (was !== '' && was !== is && hosts.whereis(was) !== undefined) hosts.send(was, { tag: 'removed' });
  if (is === '' || after === undefined) return;
  // Its deadline is another one now; this also starts the actor of a host made over the API.
  if (was !== is || before?.active !== after.active || before?.hashpass !== after.hashpass)
    hosts.send(is, { tag: 'check' });
  if (before !== undefined && before.group !== after.group) hosts.send(is, { tag: 'moved' });
  if (before?.active === 'retired' && after.active === 'active') cast(system, CENSUS, { tag: 'returned' });
}

/** Sources of sets (docs/metrics.md) whose documents security groups rest on too; addresses of hosts are none of them. */
const POLICY_SOURCE = /^(group-|zone->|link->|external->)/;

function concernsSecurityGroups({ complete, groups, removedGroups, setSources }: Dirt): boolean {
  return (
    complete ||
    groups.size > 0 ||
    removedGroups.size > 0 ||
    [...setSources].some((source) => POLICY_SOURCE.test(source))
  );
}

/**
 * Tells the actors what a change of the world made stale. Before every table was seen nothing is told: half a policy
 * would compile to errors. When the last one is in, all of it is.
 */
export function routeDirt(needs: RouteDirtNeeds, dirt: Dirt): void {
  const { world, groups, links, system } = needs;
  if (!world.ready) return;
  if (concernsSecurityGroups(dirt)) cast(system, SECURITY_GROUPS, { tag: 'changed' });
  for (const id of dirt.complete ? world.rows('link').keys() : dirt.links) links.send(id, { tag: 'sync' });
  if (dirt.complete) for (const id of world.rows('group').keys()) groups.send(id, { tag: 'recompile' });
  else needs.staleGroups.add(dirt.groups);
  if (dirt.complete) {
    cast(system, IPSET_PUBLISHER, { tag: 'dirty', sources: ['start'] });
    return;
  }
  for (const id of dirt.removedGroups) {
    clearGroupAlarm(needs.alarms, id);
    needs.staleGroups.forget(id);
    groups.send(id, { tag: 'removed' });
  }
  for (const id of dirt.groupHashes) if (!dirt.groups.has(id)) groups.send(id, { tag: 'check_hashes' });
  if (dirt.setSources.size > 0) cast(system, IPSET_PUBLISHER, { tag: 'dirty', sources: [...dirt.setSources] });
  for (const change of dirt.hosts) routeHost(needs, change);
  for (const { after } of dirt.hostConfigs) {
    if (typeof after?.hostkey === 'string') cast(system, CONFIG_PUBLISHER, { tag: 'changed', hostkey: after.hostkey });
  }
}
