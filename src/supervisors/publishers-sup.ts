import { AgentGuard } from '../actors/guard/agent-guard.js';
import { ReadBack } from '../actors/hosts/read-back.js';
import { Census } from '../actors/hosts/census.js';
import { ConfigPublisher } from '../actors/publishing/config-publisher.js';
import type { ServerContext } from '../actors/context.js';
import { IpsetPublisher } from '../actors/publishing/ipset-publisher.js';
import { IptablesPublisher } from '../actors/publishing/iptables-publisher.js';
import { RemoteCommands } from '../actors/commands/remote-commands.js';
import { LastGoodKeeper } from '../actors/last-good/last-good-keeper.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/**
 * Each publisher on its own: what one has gathered is known from the world and the store, so a new one finds it again.
 * Ten crashes in a minute: each may fall once at the same moment, for a reason that they share, and is not given up for it.
 */
export function publishersSup(context: ServerContext) {
  return supervisorSpec('publishers_sup', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
    workerSpec('agent_guard', () => new AgentGuard(context)),
    workerSpec('ipset_publisher', () => new IpsetPublisher(context)),
    workerSpec('iptables_publisher', () => new IptablesPublisher(context)),
    workerSpec('config_publisher', () => new ConfigPublisher(context), { maxQueue: 100_000 }),
    workerSpec('remote_commands', () => new RemoteCommands(context), { maxQueue: 1000 }),
    workerSpec('census', () => new Census(context)),
    workerSpec('last_good_keeper', () => new LastGoodKeeper(context)),
    workerSpec('read_back', () => new ReadBack(context)),
  ]);
}
