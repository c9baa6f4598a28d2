import type { AlarmBook } from '../alarms/alarm-book.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Readiness, Operations } from './operations.js';
import { StoreError, type Store } from '../store/store.js';
import type { GuardBook } from '../plan/assertions/guard-book.js';
import { storeForesight } from '../plan/foresight.js';
import { unknownReferences } from '../config/unknown-references.js';
import type { Config } from '../config/schema.js';
import type { Pid } from '../otp/index.js';
import { actorsOnlySeen, type SeenActorsNeeds } from './actors/actors-port.js';
import { viewActors } from './actors/view-actors.js';
import { treeTroubles } from './tree-troubles.js';

export interface WaitingNeeds extends SeenActorsNeeds {
  readonly store: Pick<Store, 'state' | 'get' | 'list'>;
  readonly config: Pick<Config, 'generate_unset_tables' | 'ipset_scope' | 'api' | 'intake'>;
  readonly alarms: Pick<AlarmBook, 'list'>;
  /** Absent: nothing is guarded. */
  readonly guards?: GuardBook;
}

/** What is known beside the tree and the store. */
export interface WaitingState {
  readonly standing: Operations['standing'];
  /** Undefined: not known yet. */
  readonly dialect: () => Dialect | undefined;
  /** What keeps it from being ready, and what is only worth knowing. */
  readonly troubles: () => readonly string[];
  readonly notes: () => readonly string[];
  readonly observation?: Operations['observation'];
}

/** A server that does not do the work: it stands by, or has not begun. */
export function waitingOperations(needs: WaitingNeeds, root: () => Pid | undefined, state: WaitingState): Operations {
  const notHere = (): never => {
    throw new StoreError(
      'unavailable',
      'this server does not do that now: it stands by, or has not begun its work yet',
    );
  };
  const later = (): Promise<never> => Promise.reject(new StoreError('unavailable', 'this server does not do that now'));
  const dialect = (): Dialect => {
    const known = state.dialect();
    if (known !== undefined) return known;
    throw new StoreError('unavailable', 'the dialect of rules is not known yet: the store was away since the start');
  };
  const { config, store } = needs;
  return {
    tree: (request) => viewActors(needs, root(), request),
    actors: actorsOnlySeen(needs, root),
    publishGroup: notHere,
    readiness: () => readiness(needs, root(), state),
    alarms: () => needs.alarms.list(),
    refusedHosts: notHere,
    refusedMessages: { list: notHere, get: notHere, discard: later, discardAll: later },
    linkState: notHere,
    acceptLink: later,
    fleet: { status: notHere, drifted: notHere, groups: notHere },
    now: { now: notHere, convergence: notHere, publishingQueue: notHere },
    pages: { hosts: later, groups: later, lines: later, set: notHere },
    hostOrders: { queues: later, send: later, reconnect: later },
    drift: later,
    publishing: notHere,
    setPublishing: later,
    setPin: later,
    rollouts: {
      list: later,
      get: later,
      order: later,
      policy: notHere,
      policies: notHere,
      setPolicy: later,
    },
    dialect,
    observation: state.observation ?? (() => undefined),
    ec2Plan: later,
    commands: { execute: later, sendFile: later, fetchFile: later, deleteFile: later, transfers: notHere },
    foresight: storeForesight({
      store,
      dialect,
      generateUnset: config.generate_unset_tables,
      ipsetScope: config.ipset_scope,
      anyIsEveryone: () => unknownReferences(config, dialect()) === 'accept',
      hostAddressesMax: config.intake.addresses_max,
      ...(needs.guards && { guards: needs.guards }),
    }),
    questions: { ask: later },
    pastQuestions: { ask: later },
    standing: state.standing,
  };
}

function readiness({ store, system, alarms }: WaitingNeeds, root: Pid | undefined, state: WaitingState): Readiness {
  const { up, reason } = store.state();
  const { down, fallen } = treeTroubles(system, root);
  const failures = [...(up ? [] : [`store: ${reason ?? 'down'}`]), ...state.troubles(), ...down];
  if (state.dialect() === undefined) failures.push('dialect: not read from the store yet');
  return {
    ready: failures.length === 0,
    reasons: [...failures, ...state.notes(), ...fallen, ...alarms.list().map(({ id, text }) => `alarm ${id}: ${text}`)],
  };
}
