import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { AgentConnections } from '../../broker/management/agent-connections.js';
import type { Config } from '../../config/schema.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { Dialect } from '../../firewall/dialect.js';
import type { Log } from '../../log/log.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Clock, KeyedChildren } from '../../otp/index.js';
import type { GuardsBroken } from '../../model/guards-broken.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import type { GroupCast } from '../groups/group-messages.js';
import type { RulesetOutputs } from '../groups/ruleset-outputs.js';
import type { MissingSetsNeeds } from '../last-good/why-not-sent.js';
import type { HostSenderNeeds } from './host-sender.js';
import type { SightNeeds } from './sight.js';

/** What a roller uses. */
export type RollerNeeds = SightNeeds &
  HostSenderNeeds &
  MissingSetsNeeds & {
    readonly clock: Pick<Clock, 'now' | 'monotonic'>;
    readonly config: Pick<Config, 'check_v6_hashes'>;
    readonly dialect: Dialect;
    readonly store: Pick<Store, 'commit'>;
    readonly world: Pick<World, 'rows' | 'groupByName' | 'hostByKey' | 'hostsOf' | 'knowledge'>;
    readonly outputs: Pick<RulesetOutputs, 'get' | 'rollouts' | 'rulesets' | 'revisions'>;
    readonly groups: Pick<KeyedChildren<GroupCast>, 'send'>;
    /** What these rules of a group would break of what assertions and guards promise; undefined: nothing. */
    readonly guardsBroken: (groupId: string, ruleset: StoredRuleset) => Promise<GuardsBroken | undefined>;
    /** Undefined: RabbitMQ's management API is not configured. */
    readonly connections: AgentConnections | undefined;
    readonly alarms: Pick<AlarmBook, 'show' | 'clear'>;
    readonly events: Pick<EventBook<ServerEvent>, 'put'>;
    readonly metrics: Pick<Metrics, 'observe' | 'count'>;
    readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  };
