import type { Stage } from '../bench.js';
import { cpuMs } from '../cpu.js';
import { bigZone, readAgain } from '../sets/big-zone.js';
import { SetsInProcess } from '../sets/sets-in-process.js';

/** Milliseconds of processor time from a zone of so many mixed addresses, that nobody has seen, to the message with all sets. */
export async function addressesToMessage(stage: Stage, addresses: number): Promise<number> {
  const sets = await SetsInProcess.from(stage.dist);
  const zone = readAgain(bigZone(addresses));
  const before = process.cpuUsage();
  await sets.message(zone);
  return cpuMs(before);
}
