import { join } from 'node:path';
import { AgentGuardState } from '../../actors/guard/agent-guard-state.js';
import { ConvergenceBook } from '../../actors/hosts/convergence-book.js';
import { DriftBook } from '../../actors/hosts/drift-book.js';
import type { HostCall, HostCast, HostReply } from '../../actors/hosts/host-messages.js';
import { HostRoom } from '../../actors/hosts/host-room.js';
import { addressAlarm } from '../../actors/intake/address-alarm.js';
import { DeadLetters } from '../../actors/intake/dead-letters.js';
import { RefusedMessages } from '../../actors/intake/refused-messages.js';
import { RefusedReports } from '../../actors/intake/refused-reports.js';
import { RateLimiter } from '../../rates/rate-limiter.js';
import { keyedChildren, type KeyedChildren } from '../../otp/index.js';
import type { RulesetOutputs } from '../../actors/groups/ruleset-outputs.js';
import type { World } from '../../world/world.js';
import type { ServerBase } from './server-base.js';

const DAY_MS = 86_400_000;

/** What is known of hosts beside their rows, and what bounds them. */
export interface FleetState {
  /** Whether any agent reports. */
  readonly guard: AgentGuardState;
  readonly refused: RefusedReports;
  readonly deadLetters: DeadLetters;
  /** The last refused messages, with what they say. */
  readonly refusedMessages: RefusedMessages;
  readonly drift: DriftBook;
  /** How long hosts take to have what was published. */
  readonly convergence: ConvergenceBook;
  /** Repairs over all hosts (`repair_max_per_minute`). */
  readonly repairs: RateLimiter;
  /** New hosts (`intake.registrations_per_minute`). */
  readonly registrations: RateLimiter;
  /** How many hosts there may be (`intake.hosts_max`). */
  readonly hostRoom: HostRoom;
  /** Host actors by hostkey. */
  readonly hosts: KeyedChildren<HostCast, HostCall, HostReply>;
}

export function createFleetState(
  { system, config, log, alarms }: Pick<ServerBase, 'system' | 'config' | 'log' | 'alarms'>,
  { world, outputs }: { readonly world: World; readonly outputs: Pick<RulesetOutputs, 'rollouts'> },
): FleetState {
  const { intake } = config;
  const refusedMessages = new RefusedMessages();
  return {
    guard: new AgentGuardState({
      clock: system.clock,
      maxSilentIntervals: config.max_interval_since_last_agent_update,
      hasHosts: () => world.rows('host').size > 0,
    }),
    refused: new RefusedReports(intake.refused_max, (hostkeys) =>
      alarms.show('intake.addresses', addressAlarm(hostkeys)),
    ),
    deadLetters: new DeadLetters({
      path: config.store.path === ':memory:' ? undefined : join(config.data_dir, 'dead-letters.ndjson'),
      max: intake.dead_letters_max,
      maxAgeMs: intake.dead_letters_days * DAY_MS,
      now: () => system.clock.now(),
      log,
      messages: refusedMessages,
    }),
    refusedMessages,
    drift: new DriftBook(),
    convergence: new ConvergenceBook({ clock: system.clock, config, world, rollouts: outputs.rollouts }),
    repairs: new RateLimiter(system.clock, config.repair_max_per_minute),
    registrations: new RateLimiter(system.clock, intake.registrations_per_minute),
    hostRoom: new HostRoom({ world, alarms, most: intake.hosts_max, mostBytes: intake.hosts_max_bytes }),
    hosts: keyedChildren(system, { supervisor: 'hosts_sup' }),
  };
}
