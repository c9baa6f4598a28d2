import { readFile } from 'node:fs/promises';
import type { Bench } from './bench.js';
import { describeMachine } from './machine.js';
import { resultLine } from './report/result-line.js';
import type { Row } from './row.js';
import { runBench } from './run-bench.js';
import type { BenchResult, Run } from './run.js';

/** In which a bench must be done: one that hangs must not keep the others. Long ones take what they say. */
const [LIMIT_MS, LONG_LIMIT_MS] = [5 * 60_000, 2 * 3_600_000];

export interface RunOptions {
  /** Of the build that is measured; ends with `/`. */
  readonly dist: string;
  /** Of another build, measured right after this one, bench by bench. */
  readonly beside?: string;
  /** By what counts are divided; 1 for figures that mean something. */
  readonly scale: number;
  /** Told of progress, a line at a time. */
  readonly say: (text: string) => void;
}

/** Runs them one after another; one that fails says so in its result, and the others run. */
export async function runBenches(benches: readonly Bench[], options: RunOptions): Promise<Run> {
  const results: BenchResult[] = [];
  for (const [index, bench] of benches.entries()) {
    options.say(`[${index + 1}/${benches.length}] ${bench.title}`);
    results.push(await resultOf(bench, options));
  }
  const version = await versionOf(options.dist);
  return { at: new Date().toISOString(), version, machine: describeMachine(), benches: results };
}

async function resultOf({ name, title, long, ownBuild }: Bench, options: RunOptions): Promise<BenchResult> {
  const began = performance.now();
  const failures: string[] = [];
  const over = async (dist: string, whose: string): Promise<readonly Row[]> => {
    try {
      const limitMs = long === undefined ? LIMIT_MS : LONG_LIMIT_MS;
      return await runBench({ name, dist, scale: options.scale }, limitMs, (text) => options.say(`    ${text}`));
    } catch (error) {
      failures.push(`${whose}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  };
  const rows = await over(options.dist, 'this build');
  const beside =
    options.beside === undefined || ownBuild === true ? undefined : await over(options.beside, 'the build beside');
  for (const row of rows)
    options.say(
      `    ${resultLine(
        row,
        beside?.find((former) => former.name === row.name),
      )}`,
    );
  for (const failure of failures) options.say(`    not measured, ${failure}`);
  return {
    name,
    title,
    rows,
    ...(beside && { beside }),
    ...(failures.length > 0 && { failed: failures.join('; ') }),
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

async function versionOf(dist: string): Promise<string> {
  return (JSON.parse(await readFile(`${dist}../package.json`, 'utf8')) as { version: string }).version;
}
