import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../peers/server-process.js';

const LOOK_MS = 250;
/** Of a look, at most so much processor time; and so many such looks one after the other. */
const [QUIET_SHARE, QUIET_LOOKS] = [0.1, 6];
const MOST_LOOKS = 480;

/** Waits until the server has nothing more to do. Rejects where that takes two minutes. */
export async function quiet(server: ServerProcess): Promise<void> {
  let still = 0;
  let before = server.cpuMs();
  for (let looks = 0; still < QUIET_LOOKS; looks += 1) {
    if (looks > MOST_LOOKS) throw new Error('the server does not come to rest');
    await sleep(LOOK_MS);
    const now = server.cpuMs();
    still = now - before <= LOOK_MS * QUIET_SHARE ? still + 1 : 0;
    before = now;
  }
}
