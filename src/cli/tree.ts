import type { Command } from 'commander';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { loadFrom, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { printTree } from './print-tree.js';

interface TreeFlags extends ConfigFlags {
  readonly url?: string;
  readonly token?: string;
}

/** `tree`: the supervisors and actors of a running server. */
export function addTree(program: Command, io: CliIo): void {
  withConfigOptions(program.command('tree'))
    .description('print the supervisors and actors of a running server')
    .option('-u, --url <url>', 'base URL of its API; default: api.host and api.port of the configuration')
    .option('-t, --token <token>', 'API token; default: the environment variable DOGTRAINER_TOKEN')
    .action(async (flags: TreeFlags) => {
      const base = flags.url ?? apiUrl(flags, io);
      if (!URL.canParse(base)) {
        throw new CommandFailure(`--url: ${base} is not a URL such as http://127.0.0.1:7070`, { exitCode: 2 });
      }
      const url = `${base.replace(/\/+$/, '')}/api/V2/actors`;
      io.out(printTree(await getJson(url, flags.token ?? io.environment['DOGTRAINER_TOKEN'])));
    });
}

function apiUrl(flags: ConfigFlags, io: CliIo): string {
  const { host, port } = loadFrom(flags, io).config.api;
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
