import { setTimeout as sleep } from 'node:timers/promises';
import { textOf } from '../../../src/model/text-of.js';
import { fleetAddresses } from '../../../src/sim/fleet-hosts.js';
import type { Fleet } from '../../../src/sim/sim-fleet.js';
import type { Store } from '../../../src/store/store.js';

/** Changes addresses of hosts at random, each told by one report alone. Gives the last ones, by hostkey. */
export async function moveAddresses(
  signal: AbortSignal,
  fleet: Fleet,
  everyMs: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const moved = new Map<string, readonly string[]>();
  for (let n = 0; !signal.aborted; n++) {
    const index = Math.floor(Math.random() * fleet.agents.length);
    const agent = fleet.agents[index];
    const addresses = fleetAddresses(index, 1 + (n % 9));
    agent?.setInterfaces({ lo: ['127.0.0.1'], eth0: addresses });
    if (agent !== undefined) moved.set(agent.hostkey, addresses);
    await sleep(everyMs * (0.5 + Math.random()));
  }
  return moved;
}

/** Hosts whose last addresses the store does not have, in words. */
export async function unheardAddresses(
  store: Store,
  moved: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const hosts = new Map((await store.list('host')).map(({ doc }) => [doc.hostkey, doc]));
  return [...moved].flatMap(([hostkey, addresses]) => {
    const stored = textOf(hosts.get(hostkey)?.interfaces);
    return addresses.every((address) => stored.includes(`"${address}"`)) ? [] : [`${hostkey}: stored ${stored}`];
  });
}
