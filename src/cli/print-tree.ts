import { escapeHidden } from '../model/hidden-characters.js';
import type { ActorNode } from '../otp/index.js';

/** Most characters of an actor's details. */
const MOST_DETAIL = 100;

/**
 * Draws the tree with one column each for state, mailbox length, messages handled and restarts, then the last crash and
 * the actor's details. Children that the answer leaves out are counted, with the command that shows them.
 */
export function printTree(root: ActorNode): string {
  const rows: string[][] = [['actor', 'state', 'mailbox', 'handled', 'restarts', 'last crash', 'detail']];
  addRows(root, '', '', rows);
  const widths =
    rows[0]?.map((_, column) =>
      Math.max(...rows.filter(({ length }) => length > 1).map((row) => [...(row[column] ?? '')].length)),
    ) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => align(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function addRows(node: ActorNode, stem: string, below: string, rows: string[][]): void {
  const { detail = {} } = node;
  rows.push([
    stem + nameOf(node),
    node.state,
    String(node.mailbox),
    String(node.handled),
    String(node.restarts),
    crash(node.lastCrash),
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
function nameOf({ id, detail = {} }: ActorNode): string {
  const name = detail['name'];
  return typeof name === 'string' && name !== '' ? `${escapeHidden(id)} (${escapeHidden(name)})` : escapeHidden(id);
}

/** Numbers are aligned right, strings left; lines without columns are not padded. */
function align(cell: string, width: number, column: number): string {
  const padding = ' '.repeat(Math.max(0, width - [...cell].length));
  return column >= 2 && column <= 4 ? padding + cell : cell + padding;
}

function crash(last: ActorNode['lastCrash']): string {
  if (last === null) return '';
  return `${new Date(last.at).toISOString()} ${escapeHidden(last.reason.split('\n')[0] ?? '')}`;
}

/** `key=value` for each detail; empty values are left out. */
function detailText(detail: NonNullable<ActorNode['detail']>): string {
  const parts = Object.entries(detail)
    .filter(([key, value]) => key !== 'name' && !isEmpty(value))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
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
