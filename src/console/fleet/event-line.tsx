import type { Told } from '../live/event-lines.js';
import { Badge } from '../parts/badge.js';
import { Ago } from '../parts/time.js';
import { eventWords } from './event-words.js';

const MARKS = { ok: 'good', warn: 'note', bad: 'bad', info: 'new', none: '' } as const;

/** One event in a list: when, and what happened in plain words. */
export function EventLine({ event }: { event: Told }) {
  const { at } = event.data;
  const { tone, about, text } = eventWords(event);
  return (
    <li data-event={event.kind}>
      <span class="small quiet">
        <Ago at={typeof at === 'number' ? at : null} none="" />
      </span>
      <span>
        {MARKS[tone] !== '' && (
          <>
            <Badge tone={tone}>{MARKS[tone]}</Badge>{' '}
          </>
        )}
        {about !== null &&
          (about.href === null ? <strong>{about.text}</strong> : <a href={about.href}>{about.text}</a>)}{' '}
        {text}
      </span>
    </li>
  );
}
