import type { ServerBase, ServerContext } from '../actors/context.js';
import { GroupActor } from '../actors/groups/group-actor.js';
import { HostActor } from '../actors/hosts/host-actor.js';
import type { AnyChildSpec, ChildSpec } from '../otp/index.js';
import { alertsSup } from './alerts-sup.js';
import { brokerSup } from './broker-sup.js';
import { dynamicSup } from './dynamic-sup.js';
import { intakeSup } from './intake-sup.js';
import { publishersSup } from './publishers-sup.js';
import { storeSup } from './store-sup.js';
import { supervisorSpec } from '../otp/index.js';
import { watchersSup } from './watchers-sup.js';

/** Five times in ten seconds; then what is wrong is not here, and systemd starts the process anew. */
const FLAGS = { strategy: 'rest_for_one', intensity: 5, periodS: 10 } as const;

/** All that works, up to the mailer: what comes in is not taken yet. */
function workers(context: ServerContext): readonly AnyChildSpec[] {
  return [
    brokerSup(context),
    dynamicSup('groups_sup', 'group', (id) => new GroupActor(context, id)),
    dynamicSup('hosts_sup', 'host', (hostkey) => new HostActor(context, hostkey)),
    publishersSup(context),
    watchersSup(context),
    alertsSup(context),
  ];
}

/**
 * The whole tree of a server that is alone, top-down. Each part rests only on those above it: rest_for_one starts again
 * what rests on the part that fell. Start left to right (here: top to bottom), stop the other way round, intake first.
 */
export function dogTrainerSup(context: ServerContext, http: ChildSpec): ChildSpec {
  return supervisorSpec('dog_trainer', FLAGS, () => [storeSup(context), ...workers(context), http, intakeSup(context)]);
}

/** The same without store and HTTP: what one of several servers does while it leads. */
export function leaderSup(context: ServerContext): ChildSpec {
  return supervisorSpec('leader_sup', FLAGS, () => [...workers(context), intakeSup(context)]);
}

/**
 * The tree of a server that can't begin before it knows something from the store: HTTP is up, and `beginner` starts the
 * rest, as the last child of this supervisor, when its time has come. What it started is stopped before it, and started
 * again after it.
 */
export function waitingSup(base: ServerBase, http: ChildSpec, beginner: ChildSpec): ChildSpec {
  return supervisorSpec('dog_trainer', FLAGS, () => [storeSup(base), http, beginner]);
}
