import type { Stage } from '../bench.js';
import { startServerProcess } from '../peers/server-process.js';
import { fleetPolicy, type FleetSize } from '../policy/fleet-policy.js';
import { seedStore } from '../policy/seed-store.js';
import { quiet } from '../start/quiet.js';

/** Above the defaults, for the sizes that are measured. */
const SETTINGS = [
  'broker.kind=memory',
  'publish_quiet_ms=100',
  'intake.hosts_max=200000',
  'intake.hosts_max_bytes=1000000000',
];

/** MB that a server holds at rest, once all was compiled and published and it was started anew. */
export async function memoryAfterRestart(
  stage: Stage,
  { groups, hosts, addresses }: Required<FleetSize>,
): Promise<number> {
  const data = await stage.directory();
  const size = { groups: stage.scaled(groups), hosts: stage.scaled(hosts), addresses: stage.scaled(addresses) };
  await seedStore(stage.dist, data, fleetPolicy(size));
  const start = () => startServerProcess({ dist: stage.dist, data, set: SETTINGS });
  const first = await start();
  await quiet(first);
  await first.stop();
  const again = await start();
  await quiet(again);
  const memory = again.rssMb();
  await again.stop();
  return memory;
}
