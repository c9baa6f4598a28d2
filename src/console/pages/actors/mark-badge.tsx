import { now } from '../../live/now.js';
import { agoText } from '../../parts/ago-text.js';
import { Badge } from '../../parts/badge.js';
import type { Tone } from '../../parts/tone.js';
import { MARK_SECONDS, marks, type ActorMark } from './actor-marks.js';

const TONES: Readonly<Record<ActorMark['last']['kind'], Tone>> = {
  crashed: 'bad',
  gave_up: 'bad',
  restarted: 'warn',
  stopped: 'warn',
  suspended: 'warn',
  started: 'info',
  resumed: 'info',
};

const WORDS: Readonly<Record<ActorMark['last']['kind'], string>> = {
  crashed: 'crashed',
  gave_up: 'gave up',
  restarted: 'restarted',
  stopped: 'stopped',
  suspended: 'suspended',
  started: 'started',
  resumed: 'goes on',
};

/** What just happened to an actor, for as long as that is news; nothing else. */
export function MarkBadge({ path }: { path: string }) {
  const mark = marks.value.get(path);
  if (mark === undefined || now.value - mark.last.at > MARK_SECONDS) return null;
  const { last, crash } = mark;
  const crashed = crash !== undefined && last.kind !== 'crashed' ? 'crashed, ' : '';
  return (
    <Badge tone={TONES[last.kind]} title={crash === undefined ? undefined : `${crash.reason}`}>
      {crashed}
      {WORDS[last.kind]} {agoText(Math.max(0, now.value - last.at))}
    </Badge>
  );
}

/** How many actors below this one crashed just now; nothing where none did. */
export function CrashesBelow({ path }: { path: string }) {
  let count = 0;
  for (const [marked, { crash }] of marks.value)
    if (crash !== undefined && marked.startsWith(`${path}/`) && now.value - crash.at <= MARK_SECONDS) count += 1;
  if (count === 0) return null;
  return <Badge tone="bad">{count === 1 ? 'one below crashed' : `${count} below crashed`}</Badge>;
}
