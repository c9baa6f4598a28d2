import { openJournal, type Journal } from '../../journal/journal.js';
import type { ServerBase } from '../state/server-base.js';

/**
 * Opens the journal of outgoing messages when the broker can be away (the in-process one can't), and says what it found.
 * Damage costs no policy: what was to be sent is known from the store too, and is sent again when it is not recorded as
 * confirmed.
 * @throws JournalError when another server has the directory, or it can't be used
 */
export async function createJournal({
  config,
  log,
  metrics,
}: Pick<ServerBase, 'config' | 'log' | 'metrics'>): Promise<Journal | undefined> {
  const { enabled, dir, check_journal, max_bytes, max_age_seconds } = config.queuejournal;
  if (!enabled || config.broker.kind === 'memory') return undefined;
  const journal = await openJournal({ dir, check_journal, maxBytes: max_bytes, maxAgeMs: max_age_seconds * 1000 });
  const { recovered, tornBytes, damagedPlaces, expired, aside, doubtful, unnamedLoss } = journal.report;
  if (recovered > 0)
    log.info({ dir, messages: recovered }, 'the journal holds messages of an earlier run; they are sent first');
  if (tornBytes > 0)
    log.warn({ dir, bytes: tornBytes }, 'the journal ended in the middle of a record and was repaired');
  if (damagedPlaces > 0)
    log.error(
      { dir, places: damagedPlaces, doubtful, unnamedLoss, aside },
      'the journal was damaged; what it lost is made anew from the policy',
    );
  metrics.count('dog_trainer_journal_dropped_total', 'too_old', expired.length);
  if (expired.length > 0) log.warn({ targets: expired }, 'messages in the journal were too old and are not sent');
  return journal;
}
