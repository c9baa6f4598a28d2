import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { apiOf } from '../remote/api-client.js';
import { withApiFlags, type ApiFlags } from '../remote/api-flags.js';
import { VIEWS, type View } from './top-state.js';

interface TopFlags extends ApiFlags {
  readonly delay: number;
  readonly view: View;
  readonly once?: true;
}

/** `top`: a live view of a server, here or elsewhere. */
export function addTop(program: Command, io: CliIo): void {
  withApiFlags(program.command('top'))
    .description('watch a server: what is wrong, hosts, groups, actors, publishing, events; ? in it lists the keys')
    .option('--delay <seconds>', 'time between two looks, at least 1', delay, 2)
    .addOption(new Option('--view <view>', 'what to show first').choices(Object.values(VIEWS)).default('now'))
    .option('--once', 'print one picture of 80 columns and end; needs no terminal')
    .action(async (flags: TopFlags) => {
      const api = await apiOf(flags, io);
      if (flags.once === true || flags.json === true) {
        const { printOnce } = await import('./print-once.js');
        return printOnce(api, io, flags);
      }
      if (io.terminal === undefined || !process.stdin.isTTY) {
        throw new CommandFailure('top needs a terminal; --once prints one picture', { exitCode: WRONG_USE });
      }
      const { runTop } = await import('./run-top.js');
      await runTop(api, io, { view: flags.view }, flags.delay * 1000);
    });
}

function delay(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 3600)) throw new InvalidArgumentError('must be a number of seconds from 1 to 3600.');
  return seconds;
}
