import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';

/** The flags of `demo`. */
export interface DemoFlags {
  readonly agents: number;
  readonly once?: true;
  readonly amqp?: string;
}

/** What src/supervisors/demo.ts exports. Resolves when the demo has ended; rejects when the fleet did not converge. */
export type RunDemo = (flags: DemoFlags, io: CliIo) => Promise<void>;

/** `demo`: the server on the embedded default with a seeded policy and a simulated fleet. */
export function addDemo(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description('run the server with a seeded policy and a simulated fleet, and watch it converge')
    .option('-a, --agents <n>', 'size of the fleet', fleetSize, 10)
    .option('--once', 'end when all have converged; the last line is JSON')
    .option('--amqp <url>', 'use this RabbitMQ instead of the in-process broker')
    .action(async (flags: DemoFlags) => {
      const module = '../supervisors/demo.js';
      let runDemo: RunDemo;
      try {
        ({ runDemo } = (await import(module)) as { runDemo: RunDemo });
      } catch (error) {
        throw new CommandFailure(`the demo cannot be loaded: ${(error as Error).message}`, { cause: error });
      }
      await runDemo(flags, io);
    });
}

function fleetSize(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > 10_000)
    throw new InvalidArgumentError('must be a whole number from 1 to 10000.');
  return size;
}
