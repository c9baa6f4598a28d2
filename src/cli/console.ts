import type { Command } from 'commander';
import { adminSocket } from '../config/admin-socket.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';

interface ConsoleFlags extends ConfigFlags {
  readonly execute?: string;
  readonly json?: true;
}

/** `console`: a prompt of the server that runs here, over its socket, which only the server's user and root can open. */
export function addConsole(program: Command, io: CliIo): void {
  withConfigOptions(program.command('console'))
    .description(
      'ask the server that runs here, line by line, over its socket; help lists the verbs, Tab completes them',
    )
    .option('-e, --execute <line>', 'answer this line and end')
    .option('--json', 'print JSON for programs')
    .action(async (flags: ConsoleFlags) => {
      const socket = adminSocket((await loadInstalled(flags, io)).config);
      const { askConsole, completeConsole } = await import('../http/admin/admin-client.js');
      const { consoleText } = await import('./console-text.js');
      const answer = async (line: string, signal?: AbortSignal): Promise<string> => {
        const value = await askConsole(socket, line, signal);
        return flags.json === true ? `${JSON.stringify(value)}\n` : consoleText(value, Date.now() / 1000);
      };
      const complete = (line: string) => completeConsole(socket, line);
      if (flags.execute !== undefined) {
        const { execute } = flags;
        return io.out(await orFailure(() => answer(execute)));
      }
      const { consolePrompt } = await import('./console-prompt.js');
      // Where nobody answers there is no prompt.
      await orFailure(() => complete(''));
      if (io.terminal !== undefined)
        io.err(`the server of ${socket}: help lists the verbs, Tab completes them, exit or Ctrl-D leaves\n`);
      await consolePrompt({ answer, complete }, io);
    });
}

async function orFailure<T>(ask: () => Promise<T>): Promise<T> {
  const { ConsoleError } = await import('../http/admin/console-error.js');
  try {
    return await ask();
  } catch (error) {
    throw new CommandFailure(error instanceof Error ? error.message : String(error), {
      exitCode: error instanceof ConsoleError ? WRONG_USE : 1,
      cause: error,
    });
  }
}
