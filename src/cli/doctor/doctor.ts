import type { Command } from 'commander';
import { escapeHidden } from '../../model/hidden-characters.js';
import { ToldFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { NOT_WELL } from '../exit-codes.js';
import { loadInstalled, meansInstalled, withConfigOptions } from '../config-options.js';
import type { ConfigFlags } from '../config-options.js';
import { coloured, type Colour } from '../remote/table.js';
import type { Finding } from './finding.js';

const COLOURS: Readonly<Record<Finding['level'], Colour>> = { ok: 'green', warning: 'yellow', wrong: 'red' };

/** `doctor`: looks at what a server here needs, changes nothing, and says what to do. Exit code 3: something is wrong. */
export function addDoctor(program: Command, io: CliIo): void {
  withConfigOptions(program.command('doctor'))
    .description('look at configuration, ports, certificates, broker, store, clock and disk, and say what to do')
    .option('--json', 'print JSON for programs')
    .action(async (flags: ConfigFlags & { readonly json?: true }) => {
      const { config, warnings } = await loadInstalled(flags, io);
      const { examine } = await import('./examine.js');
      const installed = meansInstalled(flags, io) || flags.config === io.installedConfig;
      const findings = await examine(config, warnings, { installed });
      const isWrong = findings.some(({ level }) => level === 'wrong');
      if (flags.json === true) io.out(`${JSON.stringify(findings)}\n`);
      else for (const finding of findings) io.out(lines(io, finding));
      if (isWrong) throw new ToldFailure(NOT_WELL);
    });
}

function lines(io: CliIo, { level, what, says, advice }: Finding): string {
  const first = `${coloured(io, COLOURS[level], level.padEnd(7))} ${escapeHidden(`${what}: ${says}`)}\n`;
  return advice === undefined ? first : `${first}        ${escapeHidden(advice)}\n`;
}
