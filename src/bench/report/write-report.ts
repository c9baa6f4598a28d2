import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from '../row.js';
import type { Run } from '../run.js';
import { growthPlot } from './growth-plot.js';
import { performancePage } from './performance-page.js';

/** What people wrote goes below this line of the page, and stays when it is written anew. */
const BY_HAND = '<!-- By hand from here. -->';

/** Writes `performance.md`, `performance.json` and a plot per line of growth into a directory; gives the files. */
export async function writeReport(directory: string, measured: Run): Promise<readonly string[]> {
  // The page is of what the data says, to the digit.
  const text = JSON.stringify(measured, rounded, 1);
  const run = JSON.parse(text) as Run;
  const folder = join(directory, 'performance');
  await mkdir(folder, { recursive: true });
  const plots = new Map<string, string>();
  for (const [line, rows] of growthLines(run)) {
    const file = `performance/${fileName(line)}.svg`;
    await writeFile(join(directory, file), growthPlot(line, rows));
    plots.set(line, file);
  }
  const page = join(directory, 'performance.md');
  await writeFile(page, performancePage(run, plots, await chaptersOf(page)));
  const data = join(directory, 'performance.json');
  await writeFile(data, `${text}\n`);
  return [page, data, ...[...plots.values()].map((file) => join(directory, file))];
}

/** Lines of growth with at least two amounts. */
export function growthLines(run: Run): ReadonlyMap<string, readonly Row[]> {
  const lines = new Map<string, Row[]>();
  for (const row of run.benches.flatMap(({ rows }) => rows))
    if (row.growth !== undefined) lines.set(row.growth.line, [...(lines.get(row.growth.line) ?? []), row]);
  return new Map([...lines].filter(([, rows]) => new Set(rows.map(({ growth }) => growth?.amount)).size > 1));
}

/** Five digits say more than any sample is good for. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}

async function chaptersOf(page: string): Promise<string> {
  let text;
  try {
    text = await readFile(page, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return BY_HAND;
    throw error;
  }
  const at = text.indexOf(BY_HAND);
  return at < 0 ? BY_HAND : text.slice(at);
}

function fileName(line: string): string {
  return line
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
