import type { Command } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';
import type { ActorView } from '../operations/actors/actor-view.js';
import { printTree } from './print-tree.js';
import { apiOf } from './remote/api-client.js';
import { type ApiFlags, withApiFlags } from './remote/api-flags.js';
import { treeFault } from './tree-fault.js';
import { watchText } from './watch-text.js';

interface TreeFlags extends ApiFlags {
  readonly path?: string;
  readonly depth?: string;
  readonly offset?: string;
  readonly limit?: string;
  readonly sort?: string;
  readonly watch?: string | true;
}

/** Parameters of the API that are whole numbers. */
const NUMBERS = ['depth', 'offset', 'limit'] as const;

/** `tree`: the supervisors and actors of a running server. */
export function addTree(program: Command, io: CliIo): void {
  withApiFlags(program.command('tree'))
    .description('print the supervisors and actors of a running server')
    .option(
      '-p, --path <path>',
      'only the tree below this path, such as dog_trainer/hosts_sup, and its last crash whole',
    )
    .option('--depth <levels>', 'levels below the top of what is asked for; default: all')
    .option('-o, --offset <count>', 'the first child to list of the top of what is asked for')
    .option('-l, --limit <count>', 'most children to list of one supervisor, 1 to 1000; default: 200')
    .option(
      '--sort <key>',
      'order of children: start, id, name, mailbox, busy, messages, dropped, restarts, crashed, age',
    )
    .option(
      '-w, --watch [seconds]',
      'print it again and again until Ctrl-C, every 2 seconds unless another number is given',
    )
    .action(async (flags: TreeFlags) => {
      const api = await apiOf(flags, io);
      const path = treePath(flags);
      const seconds = flags.watch === undefined ? undefined : watchSeconds(flags.watch);
      const look = async (signal?: AbortSignal): Promise<string> => {
        const answer = await api.get(path, { signal });
        return flags.json === true ? `${JSON.stringify(answer)}\n` : printed(answer, api.url + path);
      };
      if (seconds === undefined) return io.out(await look());
      return watchText(look, io, { seconds, redraw: flags.json !== true });
    });
}

function treePath(flags: TreeFlags): string {
  const query = new URLSearchParams();
  if (flags.path !== undefined) query.set('path', flags.path);
  for (const name of NUMBERS) {
    const text = flags[name];
    if (text === undefined) continue;
    if (!/^\d{1,9}$/.test(text))
      throw new CommandFailure(`--${name}: ${text} is not a whole number`, { exitCode: WRONG_USE });
    query.set(name, text);
  }
  if (flags.sort !== undefined) query.set('sort', flags.sort);
  return `/api/V2/actors${query.size > 0 ? `?${query.toString()}` : ''}`;
}

function watchSeconds(given: string | true): number {
  if (given === true) return 2;
  const seconds = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (seconds < 1)
    throw new CommandFailure(`--watch: ${given} is not a whole number of seconds, 1 or more`, { exitCode: WRONG_USE });
  return seconds;
}

function printed(answer: unknown, url: string): string {
  const fault = treeFault(answer);
  if (fault !== undefined) throw new CommandFailure(`${url} did not answer with a tree of actors: ${fault}`);
  return printTree(answer as ActorView);
}
