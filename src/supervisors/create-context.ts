import { join } from 'node:path';
import type { AlarmBook } from '../alarms/alarm-book.js';
import { AgentGuardState } from '../actors/guard/agent-guard-state.js';
import { BrokerLink } from '../actors/broker/broker-link.js';
import type { ServerContext } from '../actors/context.js';
import { DeadLetters } from '../actors/intake/dead-letters.js';
import { HostRoom } from '../actors/hosts/host-room.js';
import { DriftBook } from '../actors/hosts/drift-book.js';
import { loadKeptRows } from '../actors/last-good/kept-rows.js';
import { setUse } from '../actors/last-good/set-use.js';
import { ConfirmedSets } from '../actors/publishing/confirmed-sets.js';
import { Notes } from '../actors/store/notes.js';
import { noteRefused } from '../actors/publishing/note-refused.js';
import { clearRefusedAlarms } from '../actors/publishing/refused-alarm.js';
import { PublishingGate } from '../actors/publishing/publishing-gate.js';
import { Turnstile } from '../actors/turnstile.js';
import { RateLimiter } from '../actors/rate-limiter.js';
import { addressAlarm } from '../actors/intake/address-alarm.js';
import { RefusedReports } from '../actors/intake/refused-reports.js';
import { RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import type { Log } from '../actors/log-port.js';
import type { Broker } from '../broker/broker.js';
import { declareServerTopology } from '../broker/topology.js';
import { createOutbox } from '../broker/outbox.js';
import type { Config } from '../config/schema.js';
import { unknownReferences } from '../config/unknown-references.js';
import type { Journal } from '../journal/journal.js';
import type { Metrics } from '../metrics/create-metrics.js';
import { keyedChildren, type ActorSystem } from '../otp/index.js';
import type { Store } from '../store/store.js';
import { CompileBook } from '../firewall/policy/compile-book.js';
import { SetBook } from '../world/set-book.js';
import { Slices } from '../world/slices.js';
import { World } from '../world/world.js';
import { createBlame } from './create-management.js';
import { chooseDialect, wantedDialect } from './choose-dialect.js';
import { restorePublishing } from './publishing-setting.js';

/** Rulesets read from the store at once. */
const MOST_LOADS = 16;

const DAY_MS = 86_400_000;

export interface ContextParts {
  readonly system: ActorSystem;
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly store: Store;
  readonly alarms: AlarmBook;
  readonly broker: Broker;
  readonly journal: Journal | undefined;
  /** Nothing may be settled in the store. */
  readonly observe: boolean;
}

/** Puts together what the actors share. Reads the store: which dialect, and whether publishing was paused. */
export async function createContext({ journal, observe, ...parts }: ContextParts): Promise<ServerContext> {
  const { system, config, log, store, metrics } = parts;
  const dialect = observe ? (await wantedDialect(config, store)).dialect : await chooseDialect(config, store, log);
  const world = new World({
    generateUnset: config.generate_unset_tables,
    anyIsEveryone: unknownReferences(config, dialect) === 'accept',
    hostAddressesMax: config.intake.addresses_max,
  });
  world.malformed.remember(await loadKeptRows(store));
  const outputs = new RulesetOutputs();
  const gate = new PublishingGate();
  await restorePublishing(store, gate);
  if (gate.paused) log.warn({ ...gate.lastChange }, 'publishing is paused, as it was before the restart');
  const link = new BrokerLink();
  clearRefusedAlarms(parts.alarms);
  return {
    ...parts,
    clock: system.clock,
    world,
    dialect,
    gate,
    sets: new SetBook(world.policy, dialect, () => setUse(world, outputs)),
    outputs,
    compiles: new CompileBook(world.policy, { dialect, generateUnset: config.generate_unset_tables }),
    slices: new Slices(),
    loads: new Turnstile(MOST_LOADS),
    confirmedSets: new ConfirmedSets(),
    notes: new Notes({ store, clock: system.clock, log }),
    link,
    reportsLink: new BrokerLink(),
    outbox: createOutbox({
      maxEntries: config.queuejournal.memqueue_max,
      window: config.broker.max_unconfirmed,
      now: () => system.clock.now(),
      ...(journal === undefined ? {} : { journal }),
      onRefusal: (exchange, reason) => {
        if (reason === undefined) return log.info({ exchange }, 'the broker takes what is published again');
        metrics.count('dog_trainer_publish_failures_total', 'refused');
        log.error({ exchange, reason }, 'the broker refuses what is published; trying again until it takes it');
        // Somebody may have deleted the exchange; while the connection lives nobody else declares it again.
        if (link.connection !== undefined)
          declareServerTopology(link.connection).catch((error: unknown) =>
            log.debug({ err: error }, 'the exchanges could not be declared again'),
          );
      },
      refusedTries: config.broker.refused_tries,
      onRefused: noteRefused({ ...parts, blame: createBlame({ config, log, now: () => system.clock.monotonic() }) }),
      onJournal: (failure) => {
        metrics.gauge('dog_trainer_outage', 'journal', failure === undefined ? 0 : 1);
        if (failure === undefined) log.info({ dir: config.queuejournal.dir }, 'the journal works again');
        else
          log.error(
            { dir: config.queuejournal.dir, reason: failure },
            'the journal fails: messages wait in memory only',
          );
      },
    }),
    guard: new AgentGuardState({
      clock: system.clock,
      maxSilentIntervals: config.max_interval_since_last_agent_update,
      hasHosts: () => world.rows('host').size > 0,
    }),
    refused: new RefusedReports(config.intake.refused_max, (hostkeys) =>
      parts.alarms.show('intake.addresses', addressAlarm(hostkeys)),
    ),
    deadLetters: new DeadLetters({
      path: config.store.path === ':memory:' ? undefined : join(config.data_dir, 'dead-letters.ndjson'),
      max: config.intake.dead_letters_max,
      maxAgeMs: config.intake.dead_letters_days * DAY_MS,
      now: () => system.clock.now(),
      log,
    }),
    drift: new DriftBook(),
    repairs: new RateLimiter(system.clock, config.repair_max_per_minute),
    registrations: new RateLimiter(system.clock, config.intake.registrations_per_minute),
    hostRoom: new HostRoom({
      world,
      alarms: parts.alarms,
      most: config.intake.hosts_max,
      mostBytes: config.intake.hosts_max_bytes,
    }),
    groups: keyedChildren(system, { supervisor: 'groups_sup' }),
    hosts: keyedChildren(system, { supervisor: 'hosts_sup' }),
  };
}
