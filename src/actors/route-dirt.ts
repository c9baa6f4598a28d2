import { cast } from '../otp/index.js';
import type { Dirt } from '../world/dirt.js';
import { CONFIG_PUBLISHER } from './config-publisher-messages.js';
import type { ServerContext } from './context.js';
import { IPSET_PUBLISHER } from './publisher-messages.js';

/**
 * Tells the actors what a change of the world made stale. Before every table was seen nothing is told: half a policy
 * would compile to errors. When the last one is in, all of it is.
 */
export const routeDirt = (context: ServerContext, dirt: Dirt): void => {
  const { world, groups, hosts, kernel } = context;
  if (!world.ready) return;
  for (const id of dirt.complete ? world.rows('group').keys() : dirt.groups) groups.send(id, { type: 'recompile' });
  if (dirt.complete) {
    cast(kernel, IPSET_PUBLISHER, { type: 'dirty', sources: ['start'] });
    return;
  }
  for (const id of dirt.removedGroups) groups.send(id, { type: 'removed' });
  for (const id of dirt.groupHashes) if (!dirt.groups.has(id)) groups.send(id, { type: 'check_hashes' });
  if (dirt.setSources.size > 0) cast(kernel, IPSET_PUBLISHER, { type: 'dirty', sources: [...dirt.setSources] });
  for (const { before, after } of dirt.hosts) {
    const hostkey = (after ?? before)?.hostkey;
    if (typeof hostkey !== 'string' || hostkey === '') continue;
    if (after === undefined) {
      if (hosts.whereis(hostkey) !== undefined) hosts.send(hostkey, { type: 'removed' });
    } else if (before?.active !== after.active || before?.hashpass !== after.hashpass) {
      // Its deadline is another one now; this also starts the actor of a host made over the API.
      hosts.send(hostkey, { type: 'check' });
    }
  }
  for (const { after } of dirt.hostConfigs) {
    if (typeof after?.hostkey === 'string') cast(kernel, CONFIG_PUBLISHER, { type: 'changed', hostkey: after.hostkey });
  }
};
