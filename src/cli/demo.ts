import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';

/** The flags of `demo`. */
interface DemoFlags {
  readonly agents: number;
  readonly once?: true;
  readonly amqp?: string;
  readonly scenario: 'drift' | 'lockout';
}

/** `demo`: the server on the embedded default with a seeded policy and a simulated fleet. */
export function addDemo(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('run the server with a seeded policy and a simulated fleet, and watch it converge')
    .option('-a, --agents <n>', 'size of the fleet', fleetSize, 10)
    .option('--once', 'end when all have converged; the last line is JSON')
    .option('--amqp <url>', 'use this RabbitMQ instead of the in-process broker')
    .addOption(
      new Option(
        '--scenario <what>',
        'drift: rules that are changed by hand are found and mended; lockout: an edit that cuts hosts off stops at one host',
      )
        .choices(['drift', 'lockout'])
        .default('drift'),
    )
    .action(async (flags: DemoFlags) => {
      const { scenario } = flags;
      if (scenario === 'lockout' && flags.amqp !== undefined)
        throw new CommandFailure('--scenario lockout runs on the broker inside the process: without --amqp', {
          exitCode: WRONG_USE,
        });
      // Loaded only here, so that the other commands start quickly.
      const { runDemo } = await import('../demo/run-demo.js');
      const { LEAST_AGENTS, runLockout } = await import('../demo/run-lockout.js');
      if (scenario === 'lockout' && flags.agents < LEAST_AGENTS)
        throw new CommandFailure(`--scenario lockout needs --agents ${LEAST_AGENTS} or more`, { exitCode: WRONG_USE });
      const run = scenario === 'lockout' ? runLockout : runDemo;
      const ending = new AbortController();
      // The first signal stops the demo in order; the second at once, and its files are removed as the process ends.
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
        process.on(signal, () => {
          if (ending.signal.aborted) process.exit(1);
          ending.abort();
        });
      // The terminal or pipe is gone, so the output has no reader any more.
      process.stdout.on('error', () => ending.abort());
      let result;
      try {
        result = await run({ ...flags, out: io.out, signal: ending.signal });
      } catch (error) {
        throw new CommandFailure(`the demo failed: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      if (flags.once === true) io.out(`${JSON.stringify(result)}\n`);
    });
}

function fleetSize(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > 10_000)
    throw new InvalidArgumentError('must be a whole number from 1 to 10000.');
  return size;
}
