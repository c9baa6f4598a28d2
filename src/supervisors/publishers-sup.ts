import { supervisorSpec, workerSpec, type ChildSpec } from '../otp/index.js';
import type { Make } from './make.js';

export interface PublishersMakers {
  readonly agentGuard: Make;
  readonly ipsetPublisher: Make;
  readonly iptablesPublisher: Make;
  readonly configPublisher: Make;
  readonly remoteCommands: Make;
  readonly census: Make;
  readonly lastGoodKeeper: Make;
  readonly readBack: Make;
  readonly securityGroups: Make;
}

/**
 * Each publisher on its own: what one has gathered is known from the world and the store, so a new one finds it again.
 * Ten crashes in a minute: each may fall once at the same moment, for a reason that they share, and is not given up for it.
 */
export function publishersSup(make: PublishersMakers): ChildSpec {
  return supervisorSpec('publishers_sup', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
    workerSpec('agent_guard', make.agentGuard),
    workerSpec('ipset_publisher', make.ipsetPublisher),
    workerSpec('iptables_publisher', make.iptablesPublisher),
    workerSpec('config_publisher', make.configPublisher, { maxQueue: 100_000 }),
    workerSpec('remote_commands', make.remoteCommands, { maxQueue: 1000 }),
    workerSpec('census', make.census),
    workerSpec('last_good_keeper', make.lastGoodKeeper),
    workerSpec('read_back', make.readBack),
    workerSpec('security_groups', make.securityGroups),
  ]);
}
