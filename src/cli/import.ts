import type { Command } from 'commander';
import type { ImportItem, ImportClash } from '../transfer/import-plan.js';
import { ToldFailure } from './cli-io.js';
import { readJsonFile } from './read-json-file.js';
import type { CliIo } from './cli-io.js';
import { withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { withPolicy } from './policy-admin.js';

interface ImportFlags extends ConfigFlags {
  readonly dryRun?: true;
  readonly replace?: true;
  readonly override?: string;
}

/** `import FILE`: what `export` wrote, into the running server or, with none, its store; all or nothing. */
export function addImport(program: Command, io: CliIo): void {
  withConfigOptions(program.command('import'))
    .description(
      'bring a file that `export` wrote into the store, all or nothing; documents with the same id are replaced',
    )
    .argument('<file>', 'the file')
    .option('--dry-run', 'only say what would change')
    .option('--replace', 'also remove what is not in the file')
    .option('--override <reason>', 'why assertions and guards may be broken by it; the reason is audited')
    .action(async (file: string, flags: ImportFlags) => {
      const value = await readJsonFile(file);
      const dryRun = flags.dryRun === true;
      const replace = flags.replace === true;
      const wanted = { dryRun, replace, ...(flags.override === undefined ? {} : { override: flags.override }) };
      const report = await withPolicy(flags, io, (policy) => policy.import(value, wanted), { readOnly: dryRun });
      for (const item of report.items) {
        if (item.becomes !== 'unchanged' && item.becomes !== 'kept') io.out(`${itemLine(item)}\n`);
      }
      for (const note of report.notes) io.err(`note: ${note}\n`);
      for (const clash of report.clashes) io.err(`${clashLine(clash)}\n`);
      const what = summary(report.items);
      if (report.clashes.length > 0) {
        io.err(
          `dog-trainer: nothing was imported: ${report.clashes.length === 1 ? '1 document clashes' : `${report.clashes.length} documents clash`} with others in the store\n`,
        );
        throw new ToldFailure(1);
      }
      io.out(`${report.written ? 'imported' : 'would be'}: ${what}\n`);
    });
}

function itemLine({ becomes, resource, id, name }: ImportItem): string {
  return `${becomes} ${resource} ${id}${name === '' ? '' : ` (${name})`}`;
}

function clashLine({ resource, id, field, value, holder }: ImportClash): string {
  return `clash: ${resource} ${id} of the file has the ${field} ${JSON.stringify(value)}, which ${holder} in the store has; rename or remove one`;
}

const ORDER: readonly ImportItem['becomes'][] = ['created', 'changed', 'unchanged', 'kept', 'removed'];

function summary(items: readonly ImportItem[]): string {
  return ORDER.map((becomes) => `${items.filter((item) => item.becomes === becomes).length} ${becomes}`).join(', ');
}
