import { StoreError } from '../../store/store.js';
import type { Pid, SysEvent } from '../../otp/index.js';
import { findRow, type ActorsNeeds } from './actor-rows.js';
import type { ActorPage, ActorRequest, ActorStatusView } from './actor-view.js';
import type { ActorAction, ActorDone } from './actor-order.js';
import { controlActor, type ControlNeeds } from './control-actor.js';
import { actorStatus } from './actor-status.js';
import type { TraceRoom } from './trace-room.js';
import { listActors } from './view-actors.js';

export interface ActorsPort {
  /** Actors side by side. Undefined: no such path. */
  list(request: ActorRequest): ActorPage | undefined;
  /** All that can be seen of one actor. Undefined: no such path. */
  status(path: string): ActorStatusView | undefined;
  /**
   * Tells `listener` what the actor handles, until the returned function is called; `lost`: how many events were dropped
   * just before these. Undefined: nothing runs at this path.
   * @throws TooManyTraces
   */
  trace(path: string, listener: (events: readonly SysEvent[], lost: number) => void): (() => void) | undefined;
  /**
   * Does it, and writes who did it to log and audit trail. `confirm`: ids that may go down with it. Undefined: no such
   * path. Rejects with ActorRefusal, or StoreError `unavailable` where this server does no such thing.
   */
  control(
    path: string,
    action: ActorAction,
    by: { readonly author: string; readonly confirm: readonly string[] },
  ): Promise<ActorDone | undefined>;
}

export interface SeenActorsNeeds extends ActorsNeeds {
  /** One for the whole server: it outlives the role in which a trace began. */
  readonly traces: Pick<TraceRoom, 'enter'>;
}

export type ActorsPortNeeds = SeenActorsNeeds & ControlNeeds;

/** Of a server that does the work. */
export function actorsPort(needs: ActorsPortNeeds, root: () => Pid | undefined): ActorsPort {
  return {
    ...actorsOnlySeen(needs, root),
    control: (path, action, by) => controlActor(needs, root(), path, { ...by, action }),
  };
}

/** Of a server whose actors may be looked at alone: it stands by, has not begun, or only observes. */
export function actorsOnlySeen(needs: SeenActorsNeeds, root: () => Pid | undefined): ActorsPort {
  const { system, traces } = needs;
  return {
    list: (request) => listActors(needs, root(), request),
    status: (path) => actorStatus(needs, root(), path),
    trace(path, listener) {
      const top = root();
      const row = top && findRow(system, top, path);
      if (typeof row?.child !== 'object') return undefined;
      const leave = traces.enter();
      const trace = system.sys.trace(row.child, listener);
      if (trace === undefined) leave();
      return (
        trace &&
        (() => {
          trace.stop();
          leave();
        })
      );
    },
    control: () =>
      Promise.reject(new StoreError('unavailable', 'this server does not lead: it does nothing to its actors')),
  };
}
