import type { ComponentChildren } from 'preact';
import type { ActorView } from '../../../operations/actors/actor-view.js';
import { Badge } from '../../parts/badge.js';
import { spanText } from '../../parts/ago-text.js';
import type { Column } from '../../parts/data-table.js';
import { Ago } from '../../parts/time.js';
import type { Tone } from '../../parts/tone.js';
import { MarkBadge } from './mark-badge.js';

export const STATE_TONES: Readonly<Record<ActorView['state'], Tone>> = {
  running: 'info',
  runnable: 'info',
  waiting: 'none',
  suspended: 'warn',
  restarting: 'bad',
  stopped: 'warn',
};

interface Kind {
  readonly key: string;
  readonly title: string;
  readonly show: (actor: ActorView) => ComponentChildren;
  readonly number?: boolean;
  readonly sorts?: boolean;
}

const KINDS: readonly Kind[] = [
  {
    key: 'state',
    title: 'State',
    show: ({ state, path }) => (
      <span class="row tight">
        <Badge tone={STATE_TONES[state]}>{state}</Badge>
        <MarkBadge path={path} />
      </span>
    ),
  },
  { key: 'mailbox', title: 'Mailbox', number: true, sorts: true, show: ({ mailbox }) => figure(mailbox) },
  { key: 'messages', title: 'Handled', number: true, sorts: true, show: ({ handled }) => figure(handled) },
  { key: 'dropped', title: 'Dropped', number: true, sorts: true, show: ({ dropped }) => figure(dropped) },
  { key: 'busy', title: 'Busy for', number: true, sorts: true, show: ({ busy_ms: ms }) => span(ms / 1000) },
  { key: 'restarts', title: 'Restarts', number: true, sorts: true, show: ({ restarts }) => figure(restarts) },
  { key: 'budget', title: 'Budget used', number: true, show: budget },
  { key: 'age', title: 'Age', number: true, sorts: true, show: ({ age_seconds: age }) => span(age) },
  {
    key: 'crashed',
    title: 'Last crash',
    sorts: true,
    show: ({ last_crash: crash }) =>
      crash === null ? (
        <span class="quiet">none</span>
      ) : (
        <span class="actor-crash" title={crash.reason}>
          <Ago at={crash.at} /> {crash.reason}
        </span>
      ),
  },
];

/** What is known of each actor, for a table of rows that have one. */
export function actorColumns<Row>(actorOf: (row: Row) => ActorView): readonly Column<Row>[] {
  return KINDS.map(({ show, ...column }) => ({ ...column, show: (row: Row) => show(actorOf(row)) }));
}

/** Of a supervisor: restarts used within its period, and how many it has. */
export function budget({ supervisor }: ActorView): string {
  if (supervisor === undefined) return '';
  return `${supervisor.restarts_used} of ${supervisor.intensity} in ${supervisor.period_seconds} s`;
}

/** What an actor is worth in a table: trouble stands out. */
export function actorTone({ state, last_crash: crash, supervisor }: ActorView, at: number): Tone {
  if (state === 'restarting' || (crash !== null && at - crash.at < 60)) return 'bad';
  if (state === 'suspended' || state === 'stopped') return 'warn';
  return supervisor !== undefined && supervisor.restarts_used * 2 > supervisor.intensity ? 'warn' : 'none';
}

function figure(value: number): string {
  return value.toLocaleString();
}

function span(seconds: number | null): string {
  return seconds === null || seconds === 0 ? '' : spanText(seconds);
}
