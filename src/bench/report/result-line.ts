import { keepsBound, type Row } from '../row.js';
import { boundText, medianAndRange, ratioText } from './figures.js';

/** One row for the terminal. @param former - the same row of the build beside */
export function resultLine(row: Row, former?: Row): string {
  const parts = [`${row.name}: ${medianAndRange(row.work, row.unit)}`];
  if (row.floor !== undefined) parts.push(`${ratioText(row)} of ${medianAndRange(row.floor.samples, row.unit)}`);
  if (former !== undefined)
    parts.push(`beside: ${medianAndRange(former.work, row.unit)}${former.floor ? `, ${ratioText(former)}` : ''}`);
  const keeps = keepsBound(row);
  if (keeps !== undefined) parts.push(`${boundText(row)} ${keeps ? 'holds' : 'IS MISSED'}`);
  return parts.join('; ');
}
