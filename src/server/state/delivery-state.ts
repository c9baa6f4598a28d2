import { BrokerLink } from '../../actors/broker/broker-link.js';
import { ConfirmedSets } from '../../actors/publishing/confirmed-sets.js';
import { noteRefused } from '../../actors/publishing/note-refused.js';
import { PublishQueue } from '../../actors/publishing/publish-queue.js';
import { PublishingGate } from '../../actors/publishing/publishing-gate.js';
import { clearRefusedAlarms } from '../../actors/publishing/refused-alarm.js';
import { Notes } from '../../actors/store/notes.js';
import type { Broker } from '../../broker/broker.js';
import type { Outbox } from '../../broker/outbox-contract.js';
import { createOutbox } from '../../broker/outbox.js';
import { declareServerTopology } from '../../broker/topology.js';
import type { Journal } from '../../journal/journal.js';
import { restorePublishing } from '../../operations/publishing-setting.js';
import { SetHistory } from '../../set-history/set-history.js';
import { Slices } from '../../world/slices.js';
import { createBlame } from '../opening/create-management.js';
import type { ServerBase } from './server-base.js';

/** What is on its way to agents, over which connection, and whether it may go. */
export interface DeliveryState {
  readonly broker: Broker;
  /** The live connection, and who wants to know of the next one. */
  readonly link: BrokerLink;
  /** The connection over which reports come in. */
  readonly reportsLink: BrokerLink;
  readonly outbox: Outbox;
  /** Where the outbox keeps what waits; undefined: in memory only. */
  readonly journal: Journal | undefined;
  readonly gate: PublishingGate;
  /** What publishers gather before it goes to the outbox. */
  readonly queue: PublishQueue;
  /** Which sets the broker has confirmed, also where the store has no note of it. */
  readonly confirmedSets: ConfirmedSets;
  /** What is to be written down of what has happened already. */
  readonly notes: Notes;
  /** What all sets held each time that they were published. */
  readonly setHistory: SetHistory;
}

/** Reads from the store whether publishing was paused. */
export async function createDeliveryState(
  base: ServerBase,
  {
    broker,
    journal,
    unheard,
  }: {
    readonly broker: Broker;
    readonly journal: Journal | undefined;
    /** Links for which publishing waits. */
    readonly unheard: () => readonly string[];
  },
): Promise<DeliveryState> {
  const { system, config, log, store, alarms, events } = base;
  const gate = new PublishingGate(unheard);
  await restorePublishing(store, gate);
  if (gate.paused) log.warn({ ...gate.lastChange }, 'publishing is paused, as it was before the restart');
  const told = (connection: 'publishing' | 'reports') => (connected: boolean) =>
    events.put({ kind: connected ? 'broker_back' : 'broker_lost', connection });
  const now = () => system.clock.now();
  const link = new BrokerLink(told('publishing'), now);
  clearRefusedAlarms(alarms);
  return {
    broker,
    link,
    reportsLink: new BrokerLink(told('reports'), now),
    outbox: openOutbox(base, link, journal),
    journal,
    gate,
    queue: new PublishQueue(),
    confirmedSets: new ConfirmedSets(),
    notes: new Notes({ store, clock: system.clock, log }),
    setHistory: new SetHistory({ store, clock: system.clock, log, config, slices: new Slices() }),
  };
}

function openOutbox(
  { system, config, log, metrics, alarms }: ServerBase,
  link: BrokerLink,
  journal: Journal | undefined,
): Outbox {
  const { dir } = config.queuejournal;
  const blame = createBlame({ config, log, now: () => system.clock.monotonic() });
  return createOutbox({
    maxEntries: config.queuejournal.memqueue_max,
    window: config.broker.max_unconfirmed,
    clock: system.clock,
    ...(journal === undefined ? {} : { journal }),
    onRefusal: (exchange, reason) => {
      if (reason === undefined) return log.info({ exchange }, 'the broker takes what is published again');
      metrics.count('dog_trainer_publish_failures_total', 'refused');
      log.error({ exchange, reason }, 'the broker refuses what is published; trying again until it takes it');
      // Somebody may have deleted the exchange; while the connection lives nothing else declares it again.
      if (link.connection !== undefined)
        declareServerTopology(link.connection).catch((error: unknown) =>
          log.debug({ err: error }, 'the exchanges could not be declared again'),
        );
    },
    refusedTries: config.broker.refused_tries,
    onRefused: noteRefused({ alarms, log, metrics, config, blame }),
    onJournal: (failure) => {
      metrics.gauge('dog_trainer_outage', 'journal', failure === undefined ? 0 : 1);
      if (failure === undefined) log.info({ dir }, 'the journal works again');
      else log.error({ dir, reason: failure }, 'the journal fails: messages wait in memory only');
    },
  });
}
