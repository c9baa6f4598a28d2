import type { ServerContext } from '../actors/context.js';
import { HASH_FIELDS } from '../host/hash-check.js';
import { countActors } from './count-actors.js';

/** Figures that are cheaper asked than told, gathered when somebody scrapes. */
export const scrapeFigures = (context: ServerContext): void => {
  const { metrics, kernel, outbox, outputs, drift } = context;
  metrics.onScrape(() => {
    metrics.gauge('dog_trainer_outbox_messages', outbox.depth());
    for (const field of HASH_FIELDS) metrics.gauge('hash_failures', field, drift.count(field));
    metrics.gauge('dog_trainer_groups_in_error', outputs.failures.size);
    for (const [kind, { alive, waiting }] of countActors(kernel)) {
      metrics.gauge('dog_trainer_actors', kind, alive);
      metrics.gauge('dog_trainer_mailbox_length', kind, waiting);
    }
  });
};
