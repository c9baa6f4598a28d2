import { RemoteCommands } from '../../actors/commands/remote-commands.js';
import { SecurityGroups } from '../../actors/ec2/security-groups.js';
import { LastGoodKeeper } from '../../actors/last-good/last-good-keeper.js';
import { ConfigPublisher } from '../../actors/publishing/config-publisher.js';
import { IpsetPublisher } from '../../actors/publishing/ipset-publisher.js';
import { IptablesPublisher } from '../../actors/publishing/iptables-publisher.js';
import type { PublishersMakers } from '../../supervisors/publishers-sup.js';
import { Slices } from '../../world/slices.js';
import type { ServerState } from '../state/server-state.js';

/** Who sends something to agents, and the keeper of what was last good. */
export function publisherActors({
  base,
  policy,
  delivery,
  fleet,
}: ServerState): Pick<
  PublishersMakers,
  'ipsetPublisher' | 'iptablesPublisher' | 'configPublisher' | 'remoteCommands' | 'lastGoodKeeper' | 'securityGroups'
> {
  const { clock, config, store, alarms, metrics, log, cloud, events } = base;
  const { dialect, world, sets, groupSets, outputs, slices } = policy;
  const { link, outbox, gate, queue, confirmedSets, notes, setHistory } = delivery;
  const { guard, convergence } = fleet;
  const publishing = {
    clock,
    config,
    alarms,
    metrics,
    log,
    events,
    world,
    groupSets,
    outputs,
    link,
    outbox,
    gate,
    queue,
    notes,
    guard,
    convergence,
  };
  return {
    ipsetPublisher: () =>
      new IpsetPublisher({ ...publishing, store, sets, slices: new Slices(), confirmedSets, setHistory }),
    iptablesPublisher: () => new IptablesPublisher({ ...publishing, sets, slices: new Slices({ growing: true }) }),
    configPublisher: () => new ConfigPublisher({ clock, config, store, metrics, log, world, outbox }),
    remoteCommands: () => new RemoteCommands({ clock, metrics, log, link }),
    securityGroups: () =>
      new SecurityGroups({ clock, config, cloud, world, dialect, slices, gate, alarms, metrics, log }),
    lastGoodKeeper: () => new LastGoodKeeper({ clock, store, alarms, log, world, sets, outputs }),
  };
}
