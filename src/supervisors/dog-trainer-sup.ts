import type { ServerContext } from '../actors/context.js';
import { GroupActor } from '../actors/group-actor.js';
import { HostActor } from '../actors/host-actor.js';
import type { AnyChildSpec, ChildSpec } from '../otp/index.js';
import { brokerSup } from './broker-sup.js';
import { dynamicSup } from './dynamic-sup.js';
import { intakeSup } from './intake-sup.js';
import { publishersSup } from './publishers-sup.js';
import { storeSup } from './store-sup.js';
import { supervisorSpec } from './supervisor-spec.js';
import { watchersSup } from './watchers-sup.js';

/**
 * The whole tree, top-down. Each part rests only on those above it: rest_for_one starts again what rests on the part
 * that fell. Start left to right (here: top to bottom), stop the other way round, intake first.
 */
export const dogTrainerSup = (
  context: ServerContext,
  outward: { readonly alerts: ChildSpec; readonly http: ChildSpec },
): ChildSpec =>
  supervisorSpec('dog_trainer', { strategy: 'rest_for_one', intensity: 5, periodS: 10 }, (): AnyChildSpec[] => [
    storeSup(context),
    brokerSup(context),
    dynamicSup('groups_sup', 'group', (id) => new GroupActor(context, id)),
    dynamicSup('hosts_sup', 'host', (hostkey) => new HostActor(context, hostkey)),
    publishersSup(context),
    watchersSup(context),
    outward.alerts,
    outward.http,
    intakeSup(context),
  ]);
