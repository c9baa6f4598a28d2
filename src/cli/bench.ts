import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';

/** The flags of `bench`. */
interface BenchFlags {
  readonly out?: string;
  readonly check?: true;
  readonly beside?: string;
  readonly scale: number;
}

/** `bench`: measures what the work costs beside the least that it needs (docs/performance.md). */
export function addBench(program: Command, io: CliIo): void {
  program
    .command('bench')
    .description('measure what the work of a server costs on this machine, beside the least that it needs')
    .argument('[names...]', 'benches to run; default: all, which takes up to 15 minutes')
    .option('--out <dir>', 'write performance.md, performance.json and plots there; only with all benches')
    .option('--check', 'exit with 1 where a bound is missed, or a bench could not be measured')
    .option('--beside <dir>', 'also measure another build, by its directory dist')
    .option(
      '--scale <n>',
      'divide all counts by this, to see that the benches run; their figures mean nothing then',
      scale,
      1,
    )
    .action(async (names: readonly string[], flags: BenchFlags) => {
      if (flags.out !== undefined && (names.length > 0 || flags.scale !== 1))
        throw new CommandFailure('--out writes a page of all benches at full scale: without names and --scale', {
          exitCode: WRONG_USE,
        });
      if (flags.beside !== undefined && !existsSync(join(flags.beside, 'main.js')))
        throw new CommandFailure(
          `--beside ${flags.beside}: must be the directory dist of a build, with main.js in it`,
          {
            exitCode: WRONG_USE,
          },
        );
      const { BENCHES } = await import('../bench/benches.js');
      const all = await Promise.all(BENCHES.map((load) => load()));
      const unknown = names.find((name) => !all.some((bench) => bench.name === name));
      if (unknown !== undefined)
        throw new CommandFailure(`there is no bench ${unknown}; benches: ${all.map(({ name }) => name).join(', ')}`, {
          exitCode: WRONG_USE,
        });
      const { runBenches } = await import('../bench/run-benches.js');
      const run = await runBenches(
        all.filter(({ name, long }) => (names.length === 0 ? long === undefined : names.includes(name))),
        {
          dist: fileURLToPath(new URL('../', import.meta.url)),
          ...(flags.beside === undefined ? {} : { beside: `${resolve(flags.beside)}/` }),
          scale: flags.scale,
          say: (text) => io.out(`${text}\n`),
        },
      );
      if (flags.out !== undefined) {
        const { writeReport } = await import('../bench/report/write-report.js');
        for (const file of await writeReport(flags.out, run)) io.out(`wrote ${file}\n`);
      }
      if (flags.check === true) {
        const { missedBounds } = await import('../bench/missed-bounds.js');
        const missed = missedBounds(run);
        if (missed.length > 0) throw new CommandFailure(`bounds are missed:\n  ${missed.join('\n  ')}`);
        io.out('all bounds hold\n');
      }
    });
}

function scale(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 1e6)) throw new InvalidArgumentError('must be a number from 1 to 1000000.');
  return value;
}
