import { RemoteCommands } from '../../actors/commands/remote-commands.js';
import { LastGoodKeeper } from '../../actors/last-good/last-good-keeper.js';
import { ConfigPublisher } from '../../actors/publishing/config-publisher.js';
import { IpsetPublisher } from '../../actors/publishing/ipset-publisher.js';
import { IptablesPublisher } from '../../actors/publishing/iptables-publisher.js';
import type { PublishersMakers } from '../../supervisors/publishers-sup.js';
import type { ServerState } from '../state/server-state.js';
import { wholeContext } from '../state/whole-context.js';

/** Who sends something to agents, and the keeper of what was last good. */
export function publisherActors(
  state: ServerState,
): Pick<
  PublishersMakers,
  'ipsetPublisher' | 'iptablesPublisher' | 'configPublisher' | 'remoteCommands' | 'lastGoodKeeper'
> {
  const context = wholeContext(state);
  const { base, delivery } = state;
  const { log, metrics } = base;
  return {
    ipsetPublisher: () => new IpsetPublisher(context),
    iptablesPublisher: () => new IptablesPublisher(context),
    configPublisher: () => new ConfigPublisher(context),
    remoteCommands: () => new RemoteCommands({ clock: base.system.clock, link: delivery.link, log, metrics }),
    lastGoodKeeper: () => new LastGoodKeeper(context),
  };
}
