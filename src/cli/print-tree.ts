import { escapeHidden } from '../model/hidden-characters.js';
import type { ActorView, CrashView } from '../operations/actors/actor-view.js';
import { timeForPeople } from './time-for-people.js';

/** Most characters of an actor's details. */
const MOST_DETAIL = 100;

/**
 * Draws the tree with one column each for state, mailbox length, messages handled and restarts, then the last crash and
 * the actor's details. Children that the answer leaves out are counted, with the command that shows them. Below it is the
 * report of the last crash of the actor at the top, where the answer has it.
 */
export function printTree(root: ActorView): string {
  const rows: string[][] = [['actor', 'state', 'mailbox', 'handled', 'restarts', 'last crash', 'detail']];
  addRows(root, '', '', rows);
  const widths =
    rows[0]?.map((_, column) =>
      Math.max(...rows.filter(({ length }) => length > 1).map((row) => [...(row[column] ?? '')].length)),
    ) ?? [];
  const table = rows
    .map((row) =>
      row
        .map((cell, column) => align(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
  const report = root.last_crash === null ? [] : reportLines(root.last_crash);
  return table + report.map((line) => `${line}\n`).join('');
}

function addRows(node: ActorView, stem: string, below: string, rows: string[][]): void {
  const { detail = {} } = node;
  rows.push([
    stem + nameOf(node),
    node.state,
    String(node.mailbox),
    String(node.handled),
    String(node.restarts),
    crash(node.last_crash),
    detailText(detail),
  ]);
  const children = node.children ?? [];
  const { total = 0, offset = 0 } = node.supervisor ?? {};
  const before = node.children === undefined ? 0 : offset;
  const after = node.children === undefined ? 0 : Math.max(0, total - offset - children.length);
  const see = (first: number): string => `dog-trainer tree --path ${shellWord(node.path)} --offset ${first}`;
  if (before > 0) rows.push([`${below}├─ ${before} before these: ${see(0)}`]);
  children.forEach((child, index) => {
    const last = index === children.length - 1 && after === 0;
    addRows(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, rows);
  });
  if (after > 0) rows.push([`${below}└─ ${after} more: ${see(offset + children.length)}`]);
}

/** A host's or group's id with its name, since people do not know the id. */
function nameOf({ id, name: known, detail = {} }: ActorView): string {
  const name = known ?? detail['name'];
  return typeof name === 'string' && name !== '' ? `${escapeHidden(id)} (${escapeHidden(name)})` : escapeHidden(id);
}

/** Numbers are aligned right, strings left; lines without columns are not padded. */
function align(cell: string, width: number, column: number): string {
  const padding = ' '.repeat(Math.max(0, width - [...cell].length));
  return column >= 2 && column <= 4 ? padding + cell : cell + padding;
}

function crash(last: ActorView['last_crash']): string {
  if (last === null) return '';
  return `${isoTime(last.at)} ${escapeHidden(last.reason.split('\n')[0] ?? '')}`;
}

/** Of epoch seconds, to the second. */
function isoTime(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, -5)}Z`;
}

/** The whole report of an actor's last crash, reason and where it was thrown, then a line each for the rest. */
function reportLines({ at, reason, report }: CrashView): readonly string[] {
  if (report === undefined) return [];
  const { pid, stack, last_message: message, mailbox, state, ancestors, links, handled, uptime_ms: uptime } = report;
  const kinds = Object.entries(mailbox.kinds).map(([kind, count]) => `${count} ${kind}`);
  return [
    `last crash, ${isoTime(at)}, process ${pid}:`,
    ...reason.split('\n').map((line) => `  ${line}`),
    ...stack.map((line) => `    ${line}`),
    `  while handling: ${message ?? 'nothing yet'}, after ${handled} messages and ${uptime} ms`,
    `  messages waiting: ${mailbox.length}${kinds.length === 0 ? '' : ` (${kinds.join(', ')})`}`,
    ...Object.entries(state).map(
      ([key, value]) => `  state, ${key}: ${timeForPeople(key, value) ?? JSON.stringify(value)}`,
    ),
    `  below: ${ancestors.join(', ')}`,
    `  linked with: ${links.length === 0 ? 'nobody' : links.join(', ')}`,
  ].map(escapeHidden);
}

/** `key=value` for each detail; empty values are left out. */
function detailText(detail: NonNullable<ActorView['detail']>): string {
  const parts = Object.entries(detail)
    .filter(([key, value]) => key !== 'name' && !isEmpty(value))
    .map(
      ([key, value]) =>
        `${key}=${timeForPeople(key, value) ?? (typeof value === 'string' ? value : JSON.stringify(value))}`,
    );
  const line = escapeHidden(parts.join(' '));
  return line.length > MOST_DETAIL ? `${line.slice(0, MOST_DETAIL - 3)}...` : line;
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '' || value === undefined) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** A word that a shell takes as it is. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${escapeHidden(word).replaceAll("'", `'\\''`)}'`;
}
