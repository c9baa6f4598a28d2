import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { adminSocket } from '../config/admin-socket.js';
import type { Config } from '../config/schema.js';
import type { TokenInfo } from '../http/access/tokens.js';
import type { TokenAdmin } from '../http/admin/token-admin.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { withOpenStore } from './open-store.js';

interface CreateFlags extends ConfigFlags {
  readonly scope: readonly string[];
  readonly expires?: number;
  readonly json?: true;
}

/**
 * `token create|list|revoke`: the API's tokens (docs/http-api.md#who-asks), of the running server or, with none, of its
 * store.
 */
export function addToken(program: Command, io: CliIo): void {
  const token = program.command('token').description("make, list or revoke the API's tokens");
  withConfigOptions(token.command('create'))
    .description('make a token and print it; it is shown this once')
    .argument('<name>', 'who it is for: the author in the audit trail')
    .option('--scope <scope>', 'read, write or command; may be repeated, or a list with commas', scopes, [])
    .option('--expires <days>', 'days until it stops working; default: never', days)
    .option('--json', 'print the token with all that is known of it')
    .action(async (name: string, flags: CreateFlags) => {
      const expires =
        flags.expires === undefined ? {} : { expires: Math.floor(Date.now() / 1000 + flags.expires * 86_400) };
      const made = await withTokens(
        flags,
        io,
        (tokens) => tokens.create({ name, scopes: flags.scope, ...expires }),
        // Before the first start, where the place was named.
        { make: flags.config !== undefined || flags.data !== undefined },
      );
      io.out(flags.json === true ? `${JSON.stringify(made)}\n` : `${made.text}\n`);
      io.err(`token ${made.name} (${made.scopes.join(', ')}): keep it now, it is not shown again\n`);
    });
  withConfigOptions(token.command('list'))
    .description('print the tokens, without their secrets')
    .option('--json', 'one JSON object a line')
    .action(async (flags: ConfigFlags & { readonly json?: true }) => {
      for (const info of await withTokens(flags, io, (tokens) => tokens.list())) {
        io.out(flags.json === true ? `${JSON.stringify(info)}\n` : `${describe(info)}\n`);
      }
    });
  withConfigOptions(token.command('revoke'))
    .description('make a token stop working, at once')
    .argument('<name>', 'its name or id')
    .action(async (name: string, flags: ConfigFlags) => {
      const gone = await withTokens(flags, io, (tokens) => tokens.revoke(name));
      io.out(`revoked ${gone.name}\n`);
    });
}

/** Asks the running server; when there is none, opens its store. */
async function withTokens<T>(
  flags: ConfigFlags,
  io: CliIo,
  use: (tokens: TokenAdmin) => Promise<T>,
  { make }: { readonly make: boolean } = { make: false },
): Promise<T> {
  const { config } = await loadInstalled(flags, io);
  const { tokenAdminOverSocket } = await import('../http/admin/admin-client.js');
  const { NoServerError } = await import('../http/admin/socket-trouble.js');
  const { TokenError } = await import('../http/access/tokens.js');
  try {
    return await use(tokenAdminOverSocket(adminSocket(config)));
  } catch (error) {
    if (error instanceof NoServerError) return await onStore(config, use, TokenError, make);
    throw asFailure(error, TokenError);
  }
}

async function onStore<T>(
  config: Config,
  use: (tokens: TokenAdmin) => Promise<T>,
  TokenError: new (message: string) => Error,
  make: boolean,
): Promise<T> {
  const { tokenAdminOnStore } = await import('../http/admin/token-admin.js');
  return withOpenStore(
    config,
    async (store) => {
      try {
        return await use(tokenAdminOnStore(store, { now: () => Date.now() }, 'local operator'));
      } catch (error) {
        throw asFailure(error, TokenError);
      }
    },
    { make },
  );
}

function asFailure(error: unknown, TokenError: new (message: string) => Error): CommandFailure {
  const exitCode = error instanceof TokenError ? WRONG_USE : 1;
  return new CommandFailure(error instanceof Error ? error.message : String(error), { exitCode, cause: error });
}

function describe({ name, id, scopes, created, expires, expired }: TokenInfo): string {
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const until = expires === null ? 'never expires' : `${expired ? 'expired' : 'expires'} ${day(expires)}`;
  return [name, scopes.join(','), `made ${day(created)}`, until, id].join('\t');
}

function scopes(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, ...value.split(',').map((scope) => scope.trim())];
}

function days(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError('must be a number of days above 0.');
  return number;
}
