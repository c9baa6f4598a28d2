import type { AlertDesk } from '../../actors/alerts/alert-desk.js';
import type { Log } from '../../log/log.js';
import type { ActorEvent } from '../../events/actor-event.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Config } from '../../config/schema.js';
import type { ShownSetting } from '../../config/shown-settings.js';
import type { Ec2Cloud } from '../../ec2/ec2-cloud.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { ActorSystem, Clock } from '../../otp/index.js';
import type { TraceRoom } from '../../operations/actors/trace-room.js';
import type { GuardBook } from '../../plan/assertions/guard-book.js';
import type { Store } from '../../store/store.js';

/** What there is from the first moment on, also while the store was never reached. */
export interface ServerBase {
  readonly system: ActorSystem;
  readonly clock: Clock;
  readonly config: Config;
  /** The same as operators may see it: without secrets, and where each value came from. */
  readonly settings: readonly ShownSetting[];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly store: Store;
  /** What operators must know as long as it lasts; outlives the actors that set it. */
  readonly alarms: AlarmBook;
  /** The way to EC2; undefined: `ec2.mode` is off, or this server only looks on. */
  readonly cloud: Ec2Cloud | undefined;
  /** What happens, for who listens (docs/http-api.md#events). */
  readonly events: EventBook<ServerEvent>;
  readonly actorEvents: EventBook<ActorEvent>;
  /** Bounds the traces of actors, by whichever door they are asked for. */
  readonly traces: TraceRoom;
  /** Where alerts are handed in, for every channel. */
  readonly alerts: AlertDesk;
  /** What every write of policy must leave to hosts. */
  readonly guards: GuardBook;
}
