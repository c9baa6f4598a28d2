import type { AlarmBook } from '../alarms/alarm-book.js';
import type { Outbox } from '../broker/outbox-contract.js';
import type { Broker } from '../broker/broker.js';
import type { Config } from '../config/schema.js';
import type { Dialect } from '../firewall/dialect.js';
import type { ActorSystem, Clock, KeyedChildren } from '../otp/index.js';
import type { Store } from '../store/store.js';
import type { CompileBook } from '../firewall/policy/compile-book.js';
import type { SetBook } from '../world/set-book.js';
import type { Slices } from '../world/slices.js';
import type { World } from '../world/world.js';
import type { BrokerLink } from './broker/broker-link.js';
import type { AgentGuardState } from './guard/agent-guard-state.js';
import type { DeadLetters } from './intake/dead-letters.js';
import type { DriftBook } from './hosts/drift-book.js';
import type { AlertDesk } from './alerts/alert-desk.js';
import type { Log } from '../log/log.js';
import type { Metrics } from '../metrics/create-metrics.js';
import type { ConfirmedSets } from './publishing/confirmed-sets.js';
import type { PublishingGate } from './publishing/publishing-gate.js';
import type { Notes } from './store/notes.js';
import type { RateLimiter } from './rate-limiter.js';
import type { RefusedReports } from './intake/refused-reports.js';
import type { Turnstile } from './turnstile.js';
import type { RulesetOutputs } from './groups/ruleset-outputs.js';
import type { GroupCast } from './groups/group-messages.js';
import type { HostRoom } from './hosts/host-room.js';
import type { HostCall, HostCast, HostReply } from './hosts/host-messages.js';

/** What there is from the first moment on, also while the store was never reached. */
export interface ServerBase {
  readonly system: ActorSystem;
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly store: Store;
  /** What operators must know as long as it lasts; outlives the actors that set it. */
  readonly alarms: AlarmBook;
  /** Where alerts are handed in, for every channel. */
  readonly alerts: AlertDesk;
}

/**
 * What every actor may know: the ports, and the state that outlives a crash of those who write it. Plain objects, no
 * actor: reading them costs no message, and each has one writer or is safe for several.
 */
export interface ServerContext extends ServerBase {
  readonly clock: Clock;
  readonly broker: Broker;
  readonly outbox: Outbox;
  /** The live connection, and who wants to know of the next one. */
  readonly link: BrokerLink;
  /** The connection over which reports come in. */
  readonly reportsLink: BrokerLink;
  readonly world: World;
  readonly sets: SetBook;
  readonly outputs: RulesetOutputs;
  /** What groups compile to, each distinct input once. */
  readonly compiles: CompileBook;
  /** Where long work is done a slice at a time. */
  readonly slices: Slices;
  /** Groups whose ruleset is being read from the store: not all of a fleet at once. */
  readonly loads: Turnstile;
  /** Which sets the broker has confirmed, also where the store has no note of it. */
  readonly confirmedSets: ConfirmedSets;
  /** What is to be written down of what has happened already. */
  readonly notes: Notes;
  readonly guard: AgentGuardState;
  readonly gate: PublishingGate;
  readonly refused: RefusedReports;
  readonly deadLetters: DeadLetters;
  readonly drift: DriftBook;
  /** Repairs over all hosts (`repair_max_per_minute`). */
  readonly repairs: RateLimiter;
  /** New hosts (`intake.registrations_per_minute`). */
  readonly registrations: RateLimiter;
  /** How many hosts there may be (`intake.hosts_max`). */
  readonly hostRoom: HostRoom;
  readonly dialect: Dialect;
  /** Profile actors by group id, and host actors by hostkey. */
  readonly groups: KeyedChildren<GroupCast>;
  readonly hosts: KeyedChildren<HostCast, HostCall, HostReply>;
}

/** Epoch seconds, as documents keep them. */
export function nowSeconds({ system }: Pick<ServerContext, 'system'>): number {
  return Math.floor(system.clock.now() / 1000);
}
