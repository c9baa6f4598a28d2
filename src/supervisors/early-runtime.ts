import type { ServerBase } from '../actors/context.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Readiness, Runtime } from '../http/deps.js';
import { StoreError } from '../store/store.js';
import type { Pid } from '../otp/index.js';
import { actorTree } from './actor-tree.js';
import { treeTroubles } from './tree-troubles.js';

/** What is known beside the tree and the store. */
export interface EarlyState {
  readonly standing: Runtime['standing'];
  /** Undefined: not known yet. */
  readonly dialect: () => Dialect | undefined;
  /** What keeps it from being ready, and what is only worth knowing. */
  readonly troubles: () => readonly string[];
  readonly notes: () => readonly string[];
  readonly observation?: Runtime['observation'];
}

/** What the API asks of a server that does not do the work: it stands by, or has not begun. */
export function earlyRuntime(base: ServerBase, root: () => Pid | undefined, state: EarlyState): Runtime {
  const notHere = (): never => {
    throw new StoreError(
      'unavailable',
      'this server does not do that now: it stands by, or has not begun its work yet',
    );
  };
  const later = (): Promise<never> => Promise.reject(new StoreError('unavailable', 'this server does not do that now'));
  return {
    tree: (options) => actorTree(base.system, root(), options),
    publishGroup: notHere,
    readiness: () => readiness(base, root(), state),
    alarms: () => base.alarms.list(),
    refusedHosts: notHere,
    drift: later,
    publishing: notHere,
    setPublishing: later,
    dialect() {
      const dialect = state.dialect();
      if (dialect !== undefined) return dialect;
      throw new StoreError('unavailable', 'the dialect of rules is not known yet: the store was away since the start');
    },
    observation: state.observation ?? (() => undefined),
    commands: { execute: later, sendFile: later, fetchFile: later, deleteFile: later },
    standing: state.standing,
  };
}

function readiness({ store, system, alarms }: ServerBase, root: Pid | undefined, state: EarlyState): Readiness {
  const { up, reason } = store.state();
  const { down, fallen } = treeTroubles(system, root);
  const failures = [...(up ? [] : [`store: ${reason ?? 'down'}`]), ...state.troubles(), ...down];
  if (state.dialect() === undefined) failures.push('dialect: not read from the store yet');
  return {
    ready: failures.length === 0,
    reasons: [...failures, ...state.notes(), ...fallen, ...alarms.list().map(({ id, text }) => `alarm ${id}: ${text}`)],
  };
}
