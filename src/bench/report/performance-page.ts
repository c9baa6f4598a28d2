import { keepsBound, type Row } from '../row.js';
import type { BenchResult, Run } from '../run.js';
import { boundText, medianAndRange, ratioText } from './figures.js';

/** Names of the plots that go with the page, by their line. */
export type Plots = ReadonlyMap<string, string>;

const HEAD = [
  '# Performance',
  '',
  '<!-- Written by `npm run bench`; edit src/bench/report/performance-page.ts. -->',
  '',
  'What the work costs, and how near that is to the least that anyone would need for it. Each figure is the median of its samples, with the',
  'range behind it. Work and floor are measured by turns in one run, so that ratios mean the same on other machines, where times',
  'do not. `npm run bench` measures all of it anew and writes this page; `npm run bench:check` fails where a bound is missed; what the benches do is',
  'in [src/bench](../src/bench/README.md). What a large fleet needs is in [scale](scale.md).',
  '',
];

/** The page as Markdown. @param chapters - written by hand, put after the tables */
export function performancePage(run: Run, plots: Plots, chapters: string): string {
  const { machine } = run;
  return [
    ...HEAD,
    `Measured ${run.at.slice(0, 10)} with ${run.version} on ${machine.processor}, ${machine.cores} cores, ${machine.memory_gb} GB; ${machine.system}; Node ${machine.node}.`,
    '',
    ...run.benches.flatMap((result) => chapter(result)),
    ...(plots.size === 0
      ? []
      : ['## Growth', '', ...[...plots].flatMap(([line, file]) => [`![${line}](${file})`, '']), '']),
    chapters.trimEnd(),
    '',
  ].join('\n');
}

function chapter({ title, rows, beside, failed }: BenchResult): string[] {
  const former = new Map((beside ?? []).map((row) => [row.name, row]));
  const head = ['work', 'median (range)', 'floor or peer', 'ratio', 'bound', ...(beside ? ['before'] : [])];
  return [
    `## ${title}`,
    '',
    ...(failed === undefined ? [] : [`Not measured: ${failed}`, '']),
    ...(rows.length === 0 ? [] : [line(head), line(head.map(() => '---'))]),
    ...rows.map((row) => line([...cells(row), ...(beside ? [formerCell(former.get(row.name))] : [])])),
    '',
  ];
}

function cells(row: Row): string[] {
  const keeps = keepsBound(row);
  return [
    row.name,
    medianAndRange(row.work, row.unit),
    row.floor === undefined ? '' : `${row.floor.what}: ${medianAndRange(row.floor.samples, row.unit)}`,
    ratioText(row),
    keeps === undefined ? '' : `${boundText(row)}${keeps ? '' : ', **missed**'}`,
  ];
}

function formerCell(row: Row | undefined): string {
  if (row === undefined) return '';
  return `${medianAndRange(row.work, row.unit)}${row.floor === undefined ? '' : `, ${ratioText(row)}`}`;
}

function line(all: readonly string[]): string {
  return `| ${all.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
