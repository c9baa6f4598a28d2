import type { PublishingQueue } from '../../../operations/now/publishing-answers.js';
import { bytesText } from '../../parts/bytes-text.js';
import { Tile } from '../../parts/tile.js';
import { Ago } from '../../parts/time.js';
import type { Tone } from '../../parts/tone.js';

const JOURNAL: Readonly<Record<PublishingQueue['journal']['state'], readonly [string, Tone]>> = {
  up: ['Written', 'ok'],
  failing: ['Failing', 'bad'],
  off: ['Off', 'none'],
};

/** What waits, and how the way to the broker is. */
export function QueueTiles({
  queue: { waiting, waiting_total, outbox, journal, confirms },
}: {
  queue: PublishingQueue;
}) {
  const held = waiting.filter(({ state }) => state === 'held').length;
  const [state, tone] = JOURNAL[journal.state];
  return (
    <div class="tiles">
      <Tile
        label="Waiting to be sent"
        value={waiting_total.toLocaleString()}
        tone={held > 0 ? 'warn' : 'none'}
        note={held === 0 ? 'None of it is held' : `${held.toLocaleString()} of them held`}
      />
      <Tile
        label="Outbox, not confirmed"
        value={outbox.messages.toLocaleString()}
        tone={outbox.blocked === null ? 'none' : 'bad'}
        note={
          outbox.blocked ?? (
            <>
              {outbox.in_flight.toLocaleString()} in flight, {bytesText(outbox.bytes)}
              {outbox.oldest_at !== null && (
                <>
                  , oldest <Ago at={outbox.oldest_at} />
                </>
              )}
            </>
          )
        }
      />
      <Tile
        label="Journal on disk"
        value={state}
        tone={tone}
        note={
          journal.why ??
          (journal.state === 'off'
            ? 'What waits is in memory only'
            : `${journal.messages.toLocaleString()} kept, ${bytesText(journal.bytes)}`)
        }
      />
      <Tile label="Confirmed after, median" value={msText(confirms.p50_ms)} note={confirmedNote(confirms.count)} />
      <Tile label="Confirmed after, 99 %" value={msText(confirms.p99_ms)} note={`longest ${msText(confirms.max_ms)}`} />
    </div>
  );
}

/** Of the last 1,000 confirms; null: there was none. */
function msText(ms: number | null): string {
  if (ms === null) return '–';
  return ms >= 10_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString()} ms`;
}

function confirmedNote(count: number): string {
  return count === 0 ? 'Nothing was sent yet' : `${count.toLocaleString()} since the start`;
}
