import type { ActorView } from '../../src/operations/actors/actor-view.js';

/** An actor as the API declares and answers it, that has done nothing yet. */
export function actorView(path: string, more: Partial<ActorView> = {}): ActorView {
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    name: null,
    pid: 1,
    names: [],
    type: 'worker',
    state: 'waiting',
    mailbox: 0,
    handled: 0,
    dropped: 0,
    busy_ms: 0,
    busyMs: 0,
    restarts: 0,
    last_crash: null,
    lastCrash: null,
    started_at: 0,
    startedAt: 0,
    age_seconds: 0,
    ageMs: 0,
    ...more,
  };
}
