import type { Command } from 'commander';
import { counted } from '../../model/counted.js';
import { textOf } from '../../model/text-of.js';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { apiOf } from './api-client.js';
import { withApiFlags, type ApiFlags } from './api-flags.js';
import { findGroup } from './find-named.js';
import { readGroups } from './groups.js';

interface PublishFlags extends ApiFlags {
  readonly all?: true;
}

/** `publish`, `pause` and `resume`. */
export function addPublishing(program: Command, io: CliIo): void {
  withApiFlags(program.command('publish'))
    .description('send hosts of these groups their rulesets again')
    .argument('[groups...]', 'names or ids')
    .option('--all', 'every group')
    .action(async (wanted: readonly string[], flags: PublishFlags) => {
      if ((wanted.length === 0) !== (flags.all === true)) {
        throw new CommandFailure('name groups, or give --all', { exitCode: WRONG_USE });
      }
      const api = await apiOf(flags, io);
      const names: string[] = [];
      if (flags.all === true) names.push(...(await readGroups(api)).map(({ name }) => name));
      // All are looked up before the first is sent.
      for (const one of wanted) names.push(textOf((await findGroup(api, one)).name));
      for (const name of names) await api.get(`/api/publish?group=${encodeURIComponent(name)}`);
      if (flags.json === true) io.out(`${JSON.stringify({ queued: names })}\n`);
      else io.out(`${counted(names.length, 'group')} queued for publishing\n`);
    });
  addSwitch(program, io, 'pause', true, 'hold back what would be sent to hosts, until resume; outlives a restart');
  addSwitch(program, io, 'resume', false, 'send on what pause held back');
}

function addSwitch(program: Command, io: CliIo, name: string, paused: boolean, description: string): void {
  withApiFlags(program.command(name))
    .description(description)
    .action(async (flags: ApiFlags) => {
      const state = await (await apiOf(flags, io)).post('/api/V2/publishing', { paused });
      if (flags.json === true) io.out(`${JSON.stringify(state)}\n`);
      else io.out(paused ? 'publishing is paused; dog-trainer resume lets it go on\n' : 'publishing goes on\n');
    });
}
