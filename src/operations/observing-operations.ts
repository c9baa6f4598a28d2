import type { AlarmBook } from '../alarms/alarm-book.js';
import type { Observation } from '../actors/watching/observation.js';
import type { Dialect } from '../firewall/dialect.js';
import type { JsonObject } from '../model/document.js';
import type { Pid } from '../otp/index.js';
import { actorsOnlySeen } from './actors/actors-port.js';
import { viewActors } from './actors/view-actors.js';
import { hostDrift, type HostDriftNeeds } from './host-drift.js';
import type { Operations } from './operations.js';
import { publishingSwitch, type PublishingSwitchNeeds } from './publishing-switch.js';
import { readiness, type ReadinessNeeds } from './readiness.js';
import { remoteCommandsPort, type RemoteCommandsPortNeeds } from './remote-commands-port.js';

export type ObservingNeeds = HostDriftNeeds &
  PublishingSwitchNeeds &
  ReadinessNeeds &
  RemoteCommandsPortNeeds & {
    readonly alarms: Pick<AlarmBook, 'list'>;
    readonly dialect: Dialect;
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
  return {
    tree: (request) => viewActors(needs, root(), request),
    actors: actorsOnlySeen(needs, root),
    publishGroup: () => undefined,
    readiness: () => readiness(needs, root(), { observes: true }),
    alarms: () => alarms.list(),
    refusedHosts: () => [],
    drift: async (hostId) => hostDrift(needs, hostId),
    ...publishingSwitch(needs),
    dialect: () => dialect,
    observation: () => observationJson(observation()),
    commands: remoteCommandsPort(needs),
    standing: () => ({ role: 'alone' }),
  };
}

/** What `GET /api/V2/observe` answers; undefined: nothing is found yet. */
export function observationJson(found: Observation | undefined): JsonObject {
  return { loading: found === undefined, ...(found as JsonObject | undefined) };
}
