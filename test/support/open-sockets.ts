import { setTimeout as sleep } from 'node:timers/promises';

/** TCP sockets that this process has open, as Node counts its handles. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

/** The same once it stays the same: those of earlier tests may still be closing. */
export async function openSocketsAtRest(): Promise<number> {
  for (let last = openSockets(), same = 0; ;) {
    await sleep(50);
    const now = openSockets();
    same = now === last ? same + 1 : 0;
    last = now;
    if (same === 5) return now;
  }
}
