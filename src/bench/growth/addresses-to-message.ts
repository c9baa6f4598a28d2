import type { Stage } from '../bench.js';
import { cpuMs } from '../cpu.js';
import { bigZone, readAgain } from '../sets/big-zone.js';
import { SetsInProcess } from '../sets/sets-in-process.js';

/** In one sample: a small zone of a few milliseconds is made several times, so that its share of the collector's work is in it too. */
const ADDRESSES_A_SAMPLE = 200_000;

/** Milliseconds of processor time from a zone of so many mixed addresses, that nobody has seen, to the message with all sets. */
export async function addressesToMessage(stage: Stage, addresses: number): Promise<number> {
  const times = Math.max(1, Math.round(stage.scaled(ADDRESSES_A_SAMPLE) / addresses));
  let ms = 0;
  for (let time = 0; time < times; time += 1) {
    const sets = await SetsInProcess.from(stage.dist);
    const zone = readAgain(bigZone(addresses));
    const before = process.cpuUsage();
    await sets.message(zone);
    ms += cpuMs(before);
  }
  return ms / times;
}
