import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Publication } from '../../broker/broker.js';
import type { Refusal } from '../../broker/outbox-contract.js';
import type { Config } from '../../config/schema.js';
import type { Metrics } from '../../metrics/create-metrics.js';
import type { Log } from '../../log/log.js';
import { refusedAlarm, refusedText } from './refused-alarm.js';

/** Finds out who refused a message: a sentence that names queues, or says why none is named. Never rejects. */
export type BlameQueues = (publication: Publication) => Promise<string>;

export interface RefusedParts {
  readonly alarms: Pick<AlarmBook, 'get' | 'set' | 'clear'>;
  readonly log: Pick<Log, 'error'>;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly config: { readonly broker: Pick<Config['broker'], 'refused_retry_seconds'> };
  /** Where the management API is configured. */
  readonly blame: BlameQueues | undefined;
}

/**
 * What the outbox tells of refused messages: one alarm per target, at once. The queues to blame are added when
 * they are known; nothing waits for that.
 */
export function noteRefused({ alarms, log, metrics, config, blame }: RefusedParts) {
  return (target: string, publication: Publication, refusal: Refusal | undefined): void => {
    const id = refusedAlarm(target);
    if (refusal === undefined) {
      alarms.clear(id);
      return;
    }
    metrics.count('dog_trainer_publish_failures_total', 'refused');
    log.error(
      { target, reason: refusal.reason },
      refusal.taken === 'some'
        ? 'the broker refused a message; it counts as handed over'
        : 'the broker refused a message; nobody has it',
    );
    const text = refusedText(publication, refusal, config.broker.refused_retry_seconds);
    // Until the answer is there, what was found out about the message before still holds best.
    if (alarms.get(id)?.text.startsWith(text) !== true) alarms.set(id, text);
    if (refusal.taken === 'none' || blame === undefined) return;
    void blame(publication).then((found) => {
      // It may be over meanwhile.
      if (alarms.get(id)?.text.startsWith(text) === true) alarms.set(id, `${text} ${found}`);
    });
  };
}
