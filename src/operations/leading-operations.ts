import type { AlarmBook } from '../alarms/alarm-book.js';
import type { GroupCast } from '../actors/groups/group-messages.js';
import type { RefusedReports } from '../actors/intake/refused-reports.js';
import type { Dialect } from '../firewall/dialect.js';
import type { KeyedChildren, Pid } from '../otp/index.js';
import { ec2Plan } from './ec2-plan.js';
import { bothQuestions, type FleetQuestionsParts } from './fleet-questions.js';
import { fleetView, type FleetViewNeeds } from './fleet-view.js';
import { fleetPages, type FleetPagesNeeds } from './pages/fleet-pages-port.js';
import { actorNames } from './actors/actor-names.js';
import { actorsPort, type ActorsPortNeeds } from './actors/actors-port.js';
import { viewActors } from './actors/view-actors.js';
import { hostDrift, type HostDriftNeeds } from './host-drift.js';
import { hostOrders, type HostOrdersNeeds } from './host-orders.js';
import { linkOperations, type LinkOperationsNeeds } from './link-operations.js';
import { nowView, type NowViewNeeds } from './now/now-view.js';
import type { Operations, Readiness, Standing } from './operations.js';
import { publishingSwitch, type PublishingSwitchNeeds } from './publishing-switch.js';
import type { Foresight } from '../plan/foresight.js';
import { readiness, type ReadinessNeeds } from './readiness.js';
import { setPin, type SetPinNeeds } from './set-pin.js';
import { refusedPort, type RefusedPortNeeds } from './refused-port.js';
import { rolloutsPort, type RolloutsPortNeeds } from './rollouts/rollouts-port.js';
import { remoteCommandsPort, type RemoteCommandsPortNeeds } from './remote-commands-port.js';

export type LeadingNeeds = HostDriftNeeds &
  FleetViewNeeds &
  NowViewNeeds &
  FleetPagesNeeds &
  HostOrdersNeeds &
  PublishingSwitchNeeds &
  SetPinNeeds &
  RolloutsPortNeeds &
  ReadinessNeeds &
  LinkOperationsNeeds &
  RemoteCommandsPortNeeds &
  ActorsPortNeeds &
  RefusedPortNeeds &
  FleetQuestionsParts & {
    readonly alarms: Pick<AlarmBook, 'list'>;
    readonly refused: Pick<RefusedReports, 'list'>;
    readonly groups: Pick<KeyedChildren<GroupCast>, 'send'>;
    readonly dialect: Dialect;
    readonly foresight: Foresight;
  };

/** A server that does the work: the only one of its store, or the one of several that leads. */
export function leadingOperations(
  needs: LeadingNeeds,
  {
    root,
    standing = () => ({ role: 'alone' }),
  }: {
    /** The top of the tree once it is started. */
    readonly root: () => Pid | undefined;
    /** Default: alone. */
    readonly standing?: () => Standing;
  },
): Operations {
  const { system, world, groups, alarms, refused, dialect } = needs;
  const parts = {
    readiness: () => withTerm(readiness(needs, root()), standing()),
    refusedHosts: () => refused.list().map((host) => ({ ...host, id: world.hostByKey(host.hostkey)?.id ?? null })),
    standing,
    ...publishingSwitch(needs),
  };
  const fleet = fleetView(needs, parts);
  const asked = bothQuestions(needs);
  const seen = { system, nameOf: actorNames(world) };
  return {
    ...parts,
    tree: (request) => viewActors(seen, root(), request),
    actors: actorsPort({ ...needs, ...seen }, root),
    publishGroup(name) {
      const group = world.groupByName(name);
      if (group !== undefined) groups.send(group.id, { tag: 'republish' });
    },
    alarms: () => alarms.list(),
    fleet,
    now: nowView(needs, { ...parts, fleet }),
    pages: fleetPages(needs, asked.questions),
    hostOrders: hostOrders(needs),
    refusedMessages: refusedPort(needs),
    drift: async (hostId) => hostDrift(needs, hostId),
    ...linkOperations(needs),
    setPin: setPin(needs),
    rollouts: rolloutsPort(needs),
    dialect: () => dialect,
    observation: () => undefined,
    ec2Plan: () => ec2Plan(system),
    commands: remoteCommandsPort(needs),
    foresight: needs.foresight,
    ...asked,
  };
}

/** One of several servers says in which term it leads. */
function withTerm({ ready, reasons }: Readiness, standing: Standing): Readiness {
  return { ready, reasons: standing.role === 'leader' ? [...reasons, `leading (term ${standing.term})`] : reasons };
}
