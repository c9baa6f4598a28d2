import { HASH_FIELDS } from '../../host/hash-check.js';
import type { ServerBase } from '../state/server-base.js';
import type { ServerState } from '../state/server-state.js';
import { countActors } from './count-actors.js';

/** Figures that are cheaper asked than told, gathered when somebody scrapes: those of any server. */
export function scrapeActors({ metrics, system }: ServerBase): void {
  metrics.onScrape(() => {
    for (const [kind, { alive, waiting: mailbox }] of countActors(system)) {
      metrics.gauge('dog_trainer_actors', kind, alive);
      metrics.gauge('dog_trainer_mailbox_length', kind, mailbox);
    }
  });
}

/** And those of one that does the work, as long as it does: `of` gives undefined while it does not. */
export function scrapeFigures({ metrics, config }: ServerBase, of: () => ServerState | undefined): void {
  metrics.onScrape(() => {
    const state = of();
    if (state === undefined) return;
    const { outbox } = state.delivery;
    const { outputs } = state.policy;
    const { drift, guard } = state.fleet;
    const waiting = outbox.depth();
    metrics.gauge('dog_trainer_outbox_messages', waiting);
    // Whatever waits is in the journal too, one entry each.
    const journalled = config.queuejournal.enabled && config.broker.kind !== 'memory';
    metrics.gauge('dog_trainer_journal_entries', journalled ? waiting : 0);
    for (const field of HASH_FIELDS) metrics.gauge('hash_failures', field, drift.count(field));
    // Asked now, as a report changes them between two intervals.
    metrics.gauge('interval_since_last_agent_update', guard.silentIntervals);
    metrics.gauge('no_agent_updates_received', guard.open ? 0 : 1);
    metrics.gauge('dog_trainer_groups_pinned', outputs.revisions.pins.size);
    metrics.gauge('dog_trainer_groups_in_error', outputs.failures.size);
  });
}
