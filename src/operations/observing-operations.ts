import type { AlarmBook } from '../alarms/alarm-book.js';
import type { Observation } from '../actors/watching/observation.js';
import type { Dialect } from '../firewall/dialect.js';
import type { JsonObject } from '../model/document.js';
import type { Pid } from '../otp/index.js';
import { StoreError } from '../store/store.js';
import { bothQuestions, type FleetQuestionsParts } from './fleet-questions.js';
import { fleetView, type FleetViewNeeds } from './fleet-view.js';
import { fleetPages, type FleetPagesNeeds } from './pages/fleet-pages-port.js';
import { actorsOnlySeen, type SeenActorsNeeds } from './actors/actors-port.js';
import { viewActors } from './actors/view-actors.js';
import { hostDrift, type HostDriftNeeds } from './host-drift.js';
import { nowView, type NowViewNeeds } from './now/now-view.js';
import type { Operations } from './operations.js';
import { publishingSwitch, type PublishingSwitchNeeds } from './publishing-switch.js';
import type { Foresight } from '../plan/foresight.js';
import { readiness, type ReadinessNeeds } from './readiness.js';
import { remoteCommandsPort, type RemoteCommandsPortNeeds } from './remote-commands-port.js';

export type ObservingNeeds = HostDriftNeeds &
  FleetViewNeeds &
  NowViewNeeds &
  FleetPagesNeeds &
  PublishingSwitchNeeds &
  ReadinessNeeds &
  RemoteCommandsPortNeeds &
  SeenActorsNeeds &
  FleetQuestionsParts & {
    readonly alarms: Pick<AlarmBook, 'list'>;
    readonly dialect: Dialect;
    readonly foresight: Foresight;
  };

/**
 * A server that only looks on, once it has begun. It does not publish, take reports or talk to agents: there is
 * nothing to queue and no report to refuse, its store refuses the switch of publishing, and commands can not be run.
 */
export function observingOperations(
  needs: ObservingNeeds,
  {
    root,
    observation,
  }: {
    /** The top of the tree once it is started. */
    readonly root: () => Pid | undefined;
    /** What it has found, once it has. */
    readonly observation: () => Observation | undefined;
  },
): Operations {
  const { alarms, dialect } = needs;
  const parts = {
    readiness: () => readiness(needs, root(), { observes: true }),
    refusedHosts: () => [],
    standing: () => ({ role: 'alone' }) as const,
    ...publishingSwitch(needs),
  };
  const fleet = fleetView(needs, parts);
  const asked = bothQuestions(needs);
  return {
    ...parts,
    tree: (request) => viewActors(needs, root(), request),
    actors: actorsOnlySeen(needs, root),
    publishGroup: () => undefined,
    alarms: () => alarms.list(),
    fleet,
    now: nowView(needs, { ...parts, fleet }, { observes: true }),
    pages: fleetPages(needs, asked.questions),
    hostOrders: noHostOrders(),
    refusedMessages: nothingRefused(),
    drift: async (hostId) => hostDrift(needs, hostId),
    linkState: () => undefined,
    acceptLink: () => Promise.reject(new StoreError('read_only', 'this server only looks on')),
    rollouts: noRollouts(),
    setPin: () => Promise.reject(new StoreError('read_only', 'this server only observes: it holds no group')),
    dialect: () => dialect,
    observation: () => observationJson(observation()),
    ec2Plan: () =>
      Promise.resolve({ mode: 'off', reason: 'this server only looks on: it asks nothing of EC2', regions: [] }),
    commands: remoteCommandsPort(needs),
    foresight: needs.foresight,
    ...asked,
  };
}

/** What `GET /api/V2/observe` answers; undefined: nothing is found yet. */
export function observationJson(found: Observation | undefined): JsonObject {
  return { loading: found === undefined, ...(found as JsonObject | undefined) };
}

function noHostOrders(): Operations['hostOrders'] {
  const never = (): Promise<never> =>
    Promise.reject(new StoreError('read_only', 'this server only observes: it has nothing to do with agents'));
  return { queues: never, send: never, reconnect: never };
}

/** Nothing is consumed, so there is nothing to refuse. */
function nothingRefused(): Operations['refusedMessages'] {
  return {
    list: () => ({ total: 0, kept: 0, messages: [] }),
    get: () => undefined,
    discard: () => Promise.resolve(false),
    discardAll: () => Promise.resolve(),
  };
}

function noRollouts(): Operations['rollouts'] {
  const never = (): Promise<never> =>
    Promise.reject(new StoreError('read_only', 'this server only observes: it rolls nothing out'));
  return {
    list: () => Promise.resolve([]),
    get: () => Promise.resolve(undefined),
    order: never,
    policy: () => undefined,
    policies: () => [],
    setPolicy: never,
  };
}
