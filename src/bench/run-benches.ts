import { readFile } from 'node:fs/promises';
import type { Bench } from './bench.js';
import { describeMachine } from './machine.js';
import { resultLine } from './report/result-line.js';
import type { Row } from './row.js';
import type { BenchResult, Run } from './run.js';
import { createStage } from './stage.js';

export interface RunOptions {
  /** Of the build that is measured; ends with `/`. */
  readonly dist: string;
  /** Of another build, measured by turns with this one, bench by bench. */
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
    results.push(await runBench(bench, options));
  }
  const version = await versionOf(options.dist);
  return { at: new Date().toISOString(), version, machine: describeMachine(), benches: results };
}

async function runBench(bench: Bench, options: RunOptions): Promise<BenchResult> {
  const began = performance.now();
  const failures: string[] = [];
  const over = async (dist: string, whose: string): Promise<readonly Row[]> => {
    const stage = createStage(dist, options.scale, (text) => options.say(`    ${text}`));
    try {
      return await bench.run(stage);
    } catch (error) {
      failures.push(`${whose}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    } finally {
      await stage.close();
    }
  };
  const rows = await over(options.dist, 'this build');
  const beside = options.beside === undefined ? undefined : await over(options.beside, 'the build beside');
  for (const row of rows) {
    const former = beside?.find(({ name }) => name === row.name);
    options.say(`    ${resultLine(row, former)}`);
  }
  for (const failure of failures) options.say(`    not measured, ${failure}`);
  return {
    name: bench.name,
    title: bench.title,
    rows,
    ...(beside && { beside }),
    ...(failures.length > 0 && { failed: failures.join('; ') }),
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

async function versionOf(dist: string): Promise<string> {
  return (JSON.parse(await readFile(`${dist}../package.json`, 'utf8')) as { version: string }).version;
}
