import { counted } from '../../model/counted.js';
import { escapeHidden } from '../../model/hidden-characters.js';
import type { CliIo, TerminalSize } from '../cli-io.js';
import { groupWhy } from '../remote/groups.js';
import { stateCell } from '../remote/read-hosts.js';
import { statusLines } from '../remote/status.js';
import { NEEDS_SOMEBODY } from '../remote/rollout-words.js';
import { ago, alignedLines, coloured, type Cell } from '../remote/table.js';
import type { ActorRow, Look } from './look.js';
import { VIEWS, type ActorSort, type TopState } from './top-state.js';

/** What a screen is drawn from. */
export interface Seen {
  readonly url: string;
  /** Undefined: nothing yet. */
  readonly look: Look | undefined;
  /** Why the newest look failed; the one before is still shown. */
  readonly trouble: string | undefined;
  /** The newest last, as lines. */
  readonly events: readonly string[];
  /** Why there is no stream of them just now. */
  readonly eventTrouble: string | undefined;
}

const HELP = [
  'n h g a p e  now, hosts, groups, actors, publishing, events; Tab: the next of them',
  '/            show only rows with what you type; Enter: done, Escape: all again',
  's            sort actors by the next column; M mailbox, R restarts, B or P busy',
  'arrows, PageUp, PageDown, Home, End   move',
  'space        hold the picture, or let it go on',
  'q            quit; Ctrl-Z stops it until the shell goes on with it (fg)',
  'Figures of actors are per second since the look before.',
];

/** Four lines above, the headline of the table, and the foot. */
const ROWS_AROUND = 6;

type Style = Pick<CliIo, 'terminal' | 'environment'>;

/** The whole screen: `rows` lines of at most `columns` characters. A function of what was seen and chosen. */
export function screen(seen: Seen, state: TopState, size: TerminalSize, style: Style): readonly string[] {
  const { look, trouble } = seen;
  const head = [
    headline(seen, state),
    look === undefined
      ? coloured(style, 'dim', trouble ?? 'looking …')
      : trouble === undefined
        ? coloured(style, look.status.well ? 'green' : 'red', look.status.summary)
        : coloured(style, 'yellow', `not seen since ${clock(look.at)}: ${trouble}`),
    look === undefined ? '' : counts(look),
    '',
  ];
  const foot = state.typing
    ? escapeHidden(`filter: ${state.filter}_`)
    : `${Object.entries(VIEWS)
        .map(([key, name]) => `${key} ${name}`)
        .join('  ')}  / filter  ? help  q quit`;
  const [title, ...rows] = state.help ? ['', ...HELP] : body(seen, state, style);
  const room = bodyRoom(size);
  const from = Math.min(state.top, Math.max(0, rows.length - room));
  const shown = rows.slice(from, from + room);
  const lines = [...head, ...(title === undefined ? [] : [title]), ...shown];
  while (lines.length < size.rows - 1) lines.push('');
  return [...lines.slice(0, size.rows - 1), coloured(style, 'dim', foot)].map((line) => cutTo(line, size.columns));
}

/** How many rows of a table fit: what stands above and below takes the rest. */
export function bodyRoom({ rows }: TerminalSize): number {
  return Math.max(1, rows - ROWS_AROUND);
}

/** The furthest that one can move down. */
export function lastTop(seen: Seen, state: TopState, size: TerminalSize, style: Style): number {
  return Math.max(0, body(seen, state, style).length - 1 - bodyRoom(size));
}

function headline({ url, look }: Seen, { view, filter, sort, held }: TopState): string {
  const parts = [
    `dog-trainer top - ${look === undefined ? '--:--:--' : clock(look.at)}`,
    `[${view}]`,
    ...(held ? ['[held]'] : []),
    ...(view === 'actors' ? [`by ${sort}`] : []),
    ...(filter === '' ? [] : [`filter "${filter}"`]),
    ...(look === undefined ? [] : [look.status.server.role]),
    // Last, since it may be long and the line is cut.
    url,
  ];
  return escapeHidden(parts.join('  '));
}

function counts({ status: { hosts, groups, publishing, alarms } }: Look): string {
  const { by_state: by } = hosts;
  return [
    ...(publishing.paused ? ['publishing PAUSED'] : []),
    `${counted(hosts.total, 'host')}: ${by.active} active ${hosts.drifted.total} drifted ${hosts.silent.total} silent ${by.new} new`,
    `${counted(groups.total, 'group')}: ${groups.by_state.error} error`,
    counted(alarms.length, 'alarm'),
  ].join(' | ');
}

/** The headline of a table, then its rows. */
function body({ look, events: told, eventTrouble }: Seen, state: TopState, style: Style): readonly string[] {
  const events = [...told, ...(eventTrouble === undefined ? [] : [eventTrouble])].map(escapeHidden);
  if (state.view === 'events') return ['', ...events.filter((line) => holds(line, state.filter)).reverse()];
  if (look === undefined) return [];
  // What was seen last was for another view, and has nothing for this one.
  if (state.view !== 'now' && look.view !== state.view) return ['', 'looking …'];
  const { at } = look;
  const table = (headline: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] =>
    alignedLines(
      style,
      headline,
      rows.filter((cells) => cells.some((cell) => holds(textOf(cell), state.filter))),
    );
  switch (state.view) {
    case 'now': {
      const wrong = statusLines(look.status).filter((line) => holds(line, state.filter));
      return [
        '',
        ...(wrong.length === 0 ? ['nothing asks for your attention'] : wrong),
        '',
        ...events.slice(-5).reverse(),
      ];
    }
    case 'hosts': {
      const more = state.filter === '' ? look.status.hosts.total - look.hosts.length : 0;
      const rows = table(
        ['host', 'group', 'state', 'report', 'for', 'differs'],
        [...look.hosts]
          .sort(worseFirst)
          .map((line) => [
            line.name,
            line.group,
            stateCell(line.state),
            ago(line.reported_at, at),
            ago(line.differs_since, at),
            line.differing.join(',') || (line.unverified ? 'unverified' : ''),
          ]),
      );
      return more > 0 ? [...rows, `and ${more} more hosts; / finds those with what you type`] : rows;
    }
    case 'groups':
      return table(
        ['group', 'state', 'hosts', 'drifted', 'silent', 'published', 'why'],
        [...look.groups]
          .sort((a, b) => badness(b) - badness(a))
          .map((line) => [
            line.name,
            line.state === 'error' ? { text: line.state, colour: 'red' } : line.state,
            line.hosts,
            line.drifted,
            line.silent,
            ago(line.published_at, at),
            groupWhy(line),
          ]),
      );
    case 'actors':
      return table(
        ['mailbox', 'restarts', 'busy ms', 'msg/s', 'state', 'actor'],
        sorted(look.actors, state.sort).map((row) => [
          row.mailbox,
          row.restarts,
          Math.round(row.busy),
          Math.round(row.handled * 10) / 10,
          row.state,
          row.path,
        ]),
      );
    case 'publishing': {
      const { publishing } = look.status;
      const first = publishing.paused
        ? `paused by ${publishing.author ?? 'an operator'} ${ago(publishing.since, at)} ago`
        : `goes on; ${publishing.waiting} messages wait for the broker`;
      const late = [...look.groups].sort((a, b) => (b.published_at ?? Infinity) - (a.published_at ?? Infinity));
      const rows = table(
        ['group', 'state', 'compiled', 'published', 'why not sent'],
        late.map((line) => [
          line.name,
          line.state,
          ago(line.compiled_at, at),
          ago(line.published_at, at),
          line.not_sent ?? '',
        ]),
      );
      return [`publishing ${first}`, '', ...rows];
    }
  }
}

/** Drifted hosts, silent ones, the others; by name within each. */
function worseFirst(a: Look['hosts'][number], b: Look['hosts'][number]): number {
  const rank = ({ state }: typeof a): number =>
    state === 'active_hashfail' ? 0 : state === 'inactive' || state === 'inactive_hashfail' ? 1 : 2;
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1);
}

function badness({ state, drifted, silent, not_sent, rollout }: Look['groups'][number]): number {
  const stuck = rollout !== null && NEEDS_SOMEBODY.has(rollout.state);
  return (state === 'error' ? 1e9 : 0) + (not_sent === null && !stuck ? 0 : 1e6) + drifted * 1000 + silent;
}

function sorted(rows: readonly ActorRow[], sort: ActorSort): readonly ActorRow[] {
  return [...rows].sort((a, b) => b[sort] - a[sort] || (a.path < b.path ? -1 : 1));
}

function textOf(cell: Cell): string {
  return cell === null ? '' : typeof cell === 'object' ? cell.text : String(cell);
}

function holds(line: string, filter: string): boolean {
  return filter === '' || line.toLowerCase().includes(filter.toLowerCase());
}

function clock(at: number): string {
  return new Date(at * 1000).toISOString().slice(11, 19);
}

/** The first `columns` characters; what sets colours takes no room. */
function cutTo(line: string, columns: number): string {
  let room = columns;
  let coloured = false;
  let cut = '';
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b[')) {
      cut += part;
      coloured = part !== '\u001b[0m';
      continue;
    }
    const characters = [...part];
    cut += characters.slice(0, room).join('');
    room = Math.max(0, room - characters.length);
  }
  return coloured ? `${cut}\u001b[0m` : cut;
}
