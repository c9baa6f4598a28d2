import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { adminSocket } from '../config/admin-socket.js';
import { escapeHidden } from '../model/hidden-characters.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';
import { consoleText } from './console-text.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';

interface ConsoleFlags extends ConfigFlags {
  readonly execute?: string;
  readonly json?: true;
}

/** `console`: a prompt of the server that runs here, over its socket, which only the server's user can open. */
export function addConsole(program: Command, io: CliIo): void {
  withConfigOptions(program.command('console'))
    .description(
      'ask the server that runs here, line by line, over its socket; help lists the verbs, Tab completes them',
    )
    .option('-e, --execute <line>', 'answer this line and end')
    .option('--json', 'print JSON for programs')
    .action(async (flags: ConsoleFlags) => {
      const { config } = loadInstalled(flags, io);
      const { askConsole, completeConsole } = await import('../http/admin/admin-client.js');
      const { ConsoleError } = await import('../http/admin/console-verbs.js');
      const answer = async (line: string): Promise<string> => {
        const value = await askConsole(adminSocket(config), line);
        return flags.json === true ? `${JSON.stringify(value)}\n` : consoleText(value, Date.now() / 1000);
      };
      if (flags.execute !== undefined) {
        try {
          io.out(await answer(flags.execute));
        } catch (error) {
          throw new CommandFailure(error instanceof Error ? error.message : String(error), {
            exitCode: error instanceof ConsoleError ? WRONG_USE : 1,
            cause: error,
          });
        }
        return;
      }
      const prompt = createInterface({
        input: process.stdin,
        output: process.stdout,
        terminal: io.terminal !== undefined && process.stdin.isTTY,
        prompt: 'dog> ',
        completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
          completeConsole(adminSocket(config), line).then(
            ({ candidates, word }) => done(null, [candidates.map(escapeHidden), word]),
            // A server that is not there is told of when the line is asked.
            () => done(null, [[], line]),
          );
        },
      });
      prompt.prompt();
      for await (const line of prompt) {
        if (/^\s*(exit|quit)\s*$/.test(line)) break;
        if (line.trim() !== '') {
          try {
            io.out(await answer(line));
          } catch (error) {
            io.err(`${error instanceof Error ? error.message : String(error)}\n`);
          }
        }
        prompt.prompt();
      }
      prompt.close();
    });
}
