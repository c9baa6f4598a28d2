import { escapeHidden } from '../../model/hidden-characters.js';
import type { CliIo } from '../cli-io.js';
import { coloured } from './table.js';

/** Names and values, one pair per line: aligned on a terminal, separated by a tab in a pipe. */
export function printFields(io: CliIo, fields: readonly (readonly [string, string])[]): void {
  const width = Math.max(...fields.map(([name]) => name.length));
  for (const [name, value] of fields) {
    const shown = value === '' ? '-' : escapeHidden(value);
    io.out(
      io.terminal === undefined ? `${name}\t${shown}\n` : `${coloured(io, 'bold', name.padEnd(width))}  ${shown}\n`,
    );
  }
}
