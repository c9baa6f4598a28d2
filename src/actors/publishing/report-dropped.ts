import type { OutboxPut, Ticket } from '../../broker/outbox-contract.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Log } from '../../log/log.js';

/**
 * For messages whose sender need not know how they end: what the outbox gives up is logged and counted, so that nothing
 * vanishes silently. Hosts that miss a message are found by their hashes and repaired.
 */
export function reportDropped(
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
  { target }: OutboxPut,
  ticket: Ticket,
): void {
  void ticket.outcome.then((outcome) => {
    if (outcome.kind !== 'dropped') return;
    metrics.count('dog_trainer_publish_failures_total', 'dropped');
    log.error({ target, reason: outcome.reason }, 'a message was not sent');
  });
}
