import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import { expiredText, heldText, staleText } from './link-alarms.js';
import type { LinkEntry } from './link-book.js';

export interface ShowInboundNeeds {
  readonly alarms: Pick<AlarmBook, 'show'>;
  readonly metrics: Pick<Metrics, 'gauge'>;
}

/** Alarm and figure: whether a message of the link waits for an operator. */
export function showHeld({ alarms, metrics }: ShowInboundNeeds, name: string, { held }: Pick<LinkEntry, 'held'>): void {
  alarms.show(`link.held:${name}`, held === undefined ? undefined : heldText(name, held.loss));
  metrics.gauge('dog_trainer_link_held', name, held === undefined ? 0 : 1);
}

/** Alarm and figure: whether the link is silent for too long. */
export function showFreshness(
  { alarms, metrics }: ShowInboundNeeds,
  name: string,
  { freshness: now, heardTime }: Pick<LinkEntry, 'freshness' | 'heardTime'>,
): void {
  const text =
    now === 'stale' ? staleText(name, heardTime) : now === 'expired' ? expiredText(name, heardTime) : undefined;
  alarms.show(`link.stale:${name}`, text);
  metrics.gauge('dog_trainer_link_stale', name, text === undefined ? 0 : 1);
}
