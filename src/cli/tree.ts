import type { Command } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import type { ActorView } from '../operations/actors/actor-view.js';
import { escapeHidden } from '../model/hidden-characters.js';
import { printTree } from './print-tree.js';
import { treeFault } from './tree-fault.js';
import { watchText } from './watch-text.js';

interface TreeFlags extends ConfigFlags {
  readonly path?: string;
  readonly depth?: string;
  readonly offset?: string;
  readonly limit?: string;
  readonly sort?: string;
  readonly json?: true;
  readonly watch?: string | true;
  readonly url?: string;
  readonly token?: string;
}

/** Parameters of the API that are whole numbers. */
const NUMBERS = ['depth', 'offset', 'limit'] as const;

/** `tree`: the supervisors and actors of a running server. */
export function addTree(program: Command, io: CliIo): void {
  withConfigOptions(program.command('tree'))
    .description('print the supervisors and actors of a running server')
    .option('-u, --url <url>', 'base URL of its API; default: api.host and api.port of the configuration')
    .option('-t, --token <token>', 'API token; default: the environment variable DOGTRAINER_TOKEN')
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
    .option('--json', 'print the answer of the API as it is')
    .option(
      '-w, --watch [seconds]',
      'print it again and again until Ctrl-C, every 2 seconds unless another number is given',
    )
    .action(async (flags: TreeFlags) => {
      const url = treeUrl(flags.url ?? apiUrl(flags, io), flags);
      const token = flags.token ?? io.environment['DOGTRAINER_TOKEN'];
      const seconds = flags.watch === undefined ? undefined : watchSeconds(flags.watch);
      const look = async (signal?: AbortSignal): Promise<string> => {
        const answer = await getJson(url, token, signal);
        return flags.json === true ? `${JSON.stringify(answer)}\n` : printed(answer, url);
      };
      if (seconds === undefined) return io.out(await look());
      return watchText(look, io, { seconds, redraw: flags.json !== true });
    });
}

function treeUrl(base: string, flags: TreeFlags): string {
  if (!URL.canParse(base)) {
    throw new CommandFailure(`--url: ${base} is not a URL such as http://127.0.0.1:7070`, { exitCode: 2 });
  }
  const query = new URLSearchParams();
  if (flags.path !== undefined) query.set('path', flags.path);
  for (const name of NUMBERS) {
    const text = flags[name];
    if (text === undefined) continue;
    if (!/^\d{1,9}$/.test(text)) throw new CommandFailure(`--${name}: ${text} is not a whole number`, { exitCode: 2 });
    query.set(name, text);
  }
  if (flags.sort !== undefined) query.set('sort', flags.sort);
  return `${base.replace(/\/+$/, '')}/api/V2/actors${query.size > 0 ? `?${query.toString()}` : ''}`;
}

function watchSeconds(given: string | true): number {
  if (given === true) return 2;
  const seconds = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (seconds < 1)
    throw new CommandFailure(`--watch: ${given} is not a whole number of seconds, 1 or more`, { exitCode: 2 });
  return seconds;
}

function printed(answer: unknown, url: string): string {
  const fault = treeFault(answer);
  if (fault !== undefined) throw new CommandFailure(`${url} did not answer with a tree of actors: ${fault}`);
  return printTree(answer as ActorView);
}

function apiUrl(flags: ConfigFlags, io: CliIo): string {
  const { host, port } = loadInstalled(flags, io).config.api;
  // A server that listens everywhere is asked where it surely is.
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

async function getJson(url: string, token: string | undefined, ending?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.any([AbortSignal.timeout(10_000), ...(ending === undefined ? [] : [ending])]),
    });
  } catch (error) {
    const cause = (error as Error).cause;
    throw new CommandFailure(`no server answers at ${url}: ${cause instanceof Error ? cause.message : String(error)}`, {
      cause: error,
    });
  }
  if (!response.ok)
    throw new CommandFailure(`${url} answered ${response.status} ${response.statusText}${await why(response)}`);
  try {
    return await response.json();
  } catch (error) {
    throw new CommandFailure(`${url} did not answer with JSON`, { cause: error });
  }
}

/** What the API says of its refusal. */
async function why(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return typeof error === 'string' ? `: ${escapeHidden(error)}` : '';
}
