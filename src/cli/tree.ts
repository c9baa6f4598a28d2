import type { Command } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import type { ActorNode } from '../otp/index.js';
import { printTree } from './print-tree.js';
import { treeFault } from './tree-fault.js';

interface TreeFlags extends ConfigFlags {
  readonly path?: string;
  readonly offset?: string;
  readonly url?: string;
  readonly token?: string;
}

/** `tree`: the supervisors and actors of a running server. */
export function addTree(program: Command, io: CliIo): void {
  withConfigOptions(program.command('tree'))
    .description('print the supervisors and actors of a running server')
    .option('-u, --url <url>', 'base URL of its API; default: api.host and api.port of the configuration')
    .option('-t, --token <token>', 'API token; default: the environment variable DOGTRAINER_TOKEN')
    .option('-p, --path <path>', 'only the tree below this path, such as dog_trainer/hosts_sup')
    .option('-o, --offset <count>', 'the first child to list of the top of what is asked for')
    .action(async (flags: TreeFlags) => {
      const base = flags.url ?? apiUrl(flags, io);
      if (!URL.canParse(base)) {
        throw new CommandFailure(`--url: ${base} is not a URL such as http://127.0.0.1:7070`, { exitCode: 2 });
      }
      if (flags.offset !== undefined && !/^\d{1,9}$/.test(flags.offset)) {
        throw new CommandFailure(`--offset: ${flags.offset} is not a whole number`, { exitCode: 2 });
      }
      const query = new URLSearchParams({
        ...(flags.path === undefined ? {} : { path: flags.path }),
        ...(flags.offset === undefined ? {} : { offset: flags.offset }),
      });
      const url = `${base.replace(/\/+$/, '')}/api/V2/actors${query.size > 0 ? `?${query.toString()}` : ''}`;
      const answer = await getJson(url, flags.token ?? io.environment['DOGTRAINER_TOKEN']);
      const fault = treeFault(answer);
      if (fault !== undefined) throw new CommandFailure(`${url} did not answer with a tree of actors: ${fault}`);
      io.out(printTree(answer as ActorNode));
    });
}

function apiUrl(flags: ConfigFlags, io: CliIo): string {
  const { host, port } = loadInstalled(flags, io).config.api;
  // A server that listens everywhere is asked where it surely is.
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

async function getJson(url: string, token: string | undefined): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    const cause = (error as Error).cause;
    throw new CommandFailure(`no server answers at ${url}: ${cause instanceof Error ? cause.message : String(error)}`, {
      cause: error,
    });
  }
  if (!response.ok) throw new CommandFailure(`${url} answered ${response.status} ${response.statusText}`);
  try {
    return await response.json();
  } catch (error) {
    throw new CommandFailure(`${url} did not answer with JSON`, { cause: error });
  }
}
