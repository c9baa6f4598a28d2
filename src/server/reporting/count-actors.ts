import type { ActorSystem } from '../../otp/index.js';
import { kindOfActor } from './kind-of-actor.js';

/** Actors alive and messages waiting, by kind: hosts and groups each count as one kind, all others by their own name. */
export function countActors(
  system: ActorSystem,
): ReadonlyMap<string, { readonly alive: number; readonly waiting: number }> {
  const kinds = new Map<string, { alive: number; waiting: number }>([
    ['host', { alive: 0, waiting: 0 }],
    ['group', { alive: 0, waiting: 0 }],
  ]);
  for (const pid of system.processes()) {
    const kind = kindOfActor(pid);
    let counts = kinds.get(kind);
    if (counts === undefined) kinds.set(kind, (counts = { alive: 0, waiting: 0 }));
    counts.alive += 1;
    counts.waiting += system.mailboxLength(pid);
  }
  return kinds;
}
