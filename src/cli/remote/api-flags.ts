import type { Command } from 'commander';
import { withConfigOptions } from '../config-options.js';
import type { ConfigFlags } from '../config-options.js';

/** The flags of every command that asks a running server, here or elsewhere. */
export interface ApiFlags extends ConfigFlags {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly json?: true;
}

/** Adds them, beside those of the configuration, which says where the API of this machine is. */
export function withApiFlags(command: Command): Command {
  return withConfigOptions(command)
    .option('-u, --url <url>', 'base URL of the API; default: DOGTRAINER_URL, else api.host and api.port')
    .option('-t, --token <token>', 'API token; default: DOGTRAINER_TOKEN')
    .option('--token-file <file>', 'file with the API token; default: DOGTRAINER_TOKEN_FILE')
    .option('--json', 'print JSON for programs');
}
