import { escapeHidden } from '../../model/hidden-characters.js';
import type { CliIo } from '../cli-io.js';

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

const CODES: Readonly<Record<Colour, string>> = { red: '31', yellow: '33', green: '32', dim: '2', bold: '1' };

/** The text in a colour, on a terminal that has not asked for none (https://no-color.org). */
export function coloured(
  { terminal, environment }: Pick<CliIo, 'terminal' | 'environment'>,
  colour: Colour,
  text: string,
): string {
  const plain = terminal === undefined || (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return plain ? text : `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}

/** A cell: a text, with a colour where it should catch the eye. */
export type Cell = string | number | null | { readonly text: string; readonly colour: Colour };

/**
 * On a terminal a table with a headline, columns aligned; in a pipe one line per row without a headline, cells separated
 * by tabs. Nothing in a cell can move the cursor.
 */
export function printTable(io: CliIo, headline: readonly string[], rows: readonly (readonly Cell[])[]): void {
  if (io.terminal === undefined) {
    for (const row of rows) io.out(`${row.map(textOfCell).join('\t')}\n`);
    return;
  }
  io.out(
    alignedLines(io, headline, rows)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** The lines of such a table on a terminal. */
export function alignedLines(
  io: Pick<CliIo, 'terminal' | 'environment'>,
  headline: readonly string[],
  rows: readonly (readonly Cell[])[],
): readonly string[] {
  const texts = [headline, ...rows.map((row) => row.map(textOfCell))];
  const widths = headline.map((_, column) => Math.max(...texts.map((row) => [...(row[column] ?? '')].length)));
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => {
        const text = textOfCell(cell);
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...text].length));
        if (typeof cell === 'number') return padding + text;
        return (typeof cell === 'object' && cell !== null ? coloured(io, cell.colour, text) : text) + padding;
      })
      .join('  ')
      .trimEnd();
  return [coloured(io, 'bold', line(headline)), ...rows.map(line)];
}

function textOfCell(cell: Cell): string {
  if (cell === null) return '-';
  return escapeHidden(typeof cell === 'object' ? cell.text : String(cell));
}

/** How long ago, for people: `12s`, `5m`, `3h`, `9d`; null: never. */
export function ago(at: number | null, now: number): string {
  if (at === null) return '-';
  const seconds = Math.max(0, Math.floor(now - at));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** A moment as it is printed: ISO 8601, seconds, UTC. */
export function moment(at: number | null): string {
  return at === null ? '-' : `${new Date(at * 1000).toISOString().slice(0, 19)}Z`;
}
