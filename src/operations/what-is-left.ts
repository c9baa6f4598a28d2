import type { ServerContext } from '../actors/context.js';

/**
 * What has not gone out, one text a thing, for the last log line: messages that wait for the broker, and rulesets that
 * are held back before it. `kept`: there is a journal.
 */
export function whatIsLeft({ outbox, outputs, guard, gate }: ServerContext, kept: boolean): readonly string[] {
  const left: string[] = [];
  const waiting = outbox.depth();
  const { journalFailure } = outbox.snapshot();
  if (waiting > 0) {
    const where = !kept ? '' : journalFailure === undefined ? ' (kept in the journal)' : ` (${journalFailure})`;
    left.push(`${waiting} messages that the broker has not confirmed${where}`);
  }
  const why = gate.paused ? 'publishing is paused' : guard.open ? undefined : 'no agent is heard';
  const held = why === undefined ? 0 : [...outputs.values()].filter(({ publishedAt }) => publishedAt === null).length;
  if (held > 0) left.push(`${held} rulesets held back because ${why} (kept in the store, sent after the next start)`);
  return left;
}
