import { actorFeed } from '../../live/feeds.js';
import { Card } from '../../parts/card.js';
import { Empty } from '../../parts/empty.js';
import { FeedBadge } from '../../parts/feed-badge.js';
import { Time } from '../../parts/time.js';
import { ActorName } from './actor-name.js';
import { happenings, type Happening } from './actor-marks.js';

/** What happened to actors since the page is open, newest first. */
export function Happenings() {
  const list = happenings.value;
  return (
    <Card title="What happened" actions={<FeedBadge feed={actorFeed} />}>
      {list.length === 0 ? (
        <Empty title="Nothing since this page was opened">
          Crashes, restarts and stops are listed here as they come.
        </Empty>
      ) : (
        <ul class="events actor-events" aria-label="What happened to actors, newest first">
          {list.map((one, index) => (
            <li key={list.length - index}>
              <Time at={one.at} />
              <span>
                {'path' in one && <ActorName actor={{ path: one.path, id: lastOf(one.path), name: null }} />}{' '}
                {wordsOf(one)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The last part of a path, for people; ids may hold slashes. */
function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function wordsOf(one: Happening): string {
  switch (one.kind) {
    case 'started':
      return 'was started';
    case 'restarted':
      return 'was started again';
    case 'crashed': {
      const at = one.last_message === null ? '' : `, at ${one.last_message}`;
      const waiting = one.mailbox === 0 ? '' : `, with ${one.mailbox} messages waiting`;
      return `crashed: ${one.reason}${at}${waiting}`;
    }
    case 'stopped':
      return `stopped: ${one.reason}`;
    case 'gave_up':
      return `gave up: ${one.child} crashed too often`;
    case 'suspended':
      return 'handles no messages now';
    case 'resumed':
      return one.why === 'time' ? 'goes on, its time is over' : 'goes on';
    case 'alarm_set':
      return `alarm ${one.alarm}: ${one.text}`;
    case 'alarm_cleared':
      return `alarm ${one.alarm} is over`;
  }
}
