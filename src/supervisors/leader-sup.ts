import { supervisorSpec, type AnyChildSpec, type ChildSpec } from '../otp/index.js';
import { alertsSup, type AlertsMakers } from './alerts-sup.js';
import { brokerSup, type BrokerMakers } from './broker-sup.js';
import { groupsSup } from './groups-sup.js';
import { hostsSup } from './hosts-sup.js';
import { intakeSup, type IntakeMakers } from './intake-sup.js';
import { linksSup, type LinksMakers } from './links-sup.js';
import type { MakeByKey } from './make.js';
import { publishersSup, type PublishersMakers } from './publishers-sup.js';
import { rolloutsSup, type RolloutsMakers } from './rollouts-sup.js';
import { TOP } from './top.js';
import { watchersSup, type WatchersMakers } from './watchers-sup.js';

/** The actors of a server that does the work, store and HTTP aside. */
export interface WorkMakers {
  readonly broker: BrokerMakers;
  readonly group: MakeByKey;
  readonly host: MakeByKey;
  readonly publishers: PublishersMakers;
  readonly rollouts: RolloutsMakers;
  readonly links: LinksMakers;
  readonly watchers: WatchersMakers;
  readonly alerts: AlertsMakers;
  readonly intake: IntakeMakers;
}

/**
 * All that works, up to the alerts: what comes in is not taken yet. Watchers stand right of the actors that they tell
 * of changes.
 */
export function workers(make: WorkMakers): readonly AnyChildSpec[] {
  return [
    brokerSup(make.broker),
    groupsSup(make.group),
    hostsSup(make.host),
    publishersSup(make.publishers),
    rolloutsSup(make.rollouts),
    linksSup(make.links),
    watchersSup(make.watchers),
    alertsSup(make.alerts),
  ];
}

/** What one of several servers does while it leads: all but store and HTTP, which it has also while it stands by. */
export function leaderSup(make: WorkMakers): ChildSpec {
  return supervisorSpec('leader_sup', TOP, () => [...workers(make), intakeSup(make.intake)]);
}
