import type { Command } from 'commander';
import { Option } from 'commander';
import { counted } from '../model/counted.js';
import type { JsonObject } from '../model/document.js';
import { CommandFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';
import { withPolicy } from './policy-admin.js';

interface ExportFlags extends ConfigFlags {
  readonly format: 'json' | 'yaml';
}

/** `export FILE`: all policy as one JSON file; `export --format yaml DIR`: as files by name, of the running server or, with none, of its store. */
export function addExport(program: Command, io: CliIo): void {
  withConfigOptions(program.command('export'))
    .description(
      'write all policy and hosts to one JSON file, for backup or another store; or policy as readable files, for review',
    )
    .argument('<file or directory>', "where to; a file: - for standard output, and it holds the links' passwords")
    .addOption(
      new Option(
        '--format <format>',
        'json: one file; yaml: a directory, with a file per document, without hosts, links and externals',
      )
        .choices(['json', 'yaml'])
        .default('json'),
    )
    .action(async (target: string, flags: ExportFlags) => {
      const value = await withPolicy(flags, io, (policy) => policy.export(), { readOnly: true });
      if (flags.format === 'yaml') return exportFiles(target, value, io);
      return exportFile(target, value, io);
    });
}

async function exportFile(file: string, value: JsonObject, io: CliIo): Promise<void> {
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  if (file === '-') {
    io.out(text);
    return;
  }
  const { writeWholeFile } = await import('../files/write-whole-file.js');
  try {
    await writeWholeFile(file, text, { over: true });
  } catch (error) {
    throw new CommandFailure(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
  io.out(`exported to ${file}: ${counts(value['resources'])}\n`);
}

async function exportFiles(directory: string, value: JsonObject, io: CliIo): Promise<void> {
  const { KINDS } = await import('../policy-files/kinds.js');
  const { policyToFiles } = await import('../policy-files/policy-to-files.js');
  const { policyFileFromJson } = await import('../transfer/policy-file.js');
  const { writeDirectory } = await import('./policy-directory/write-directory.js');
  const { resources, dialect } = policyFileFromJson(value);
  const { written, unchanged, removed } = await writeDirectory(directory, policyToFiles(resources, dialect));
  io.out(
    `exported to ${directory}: ${counted(written, 'file')} written, ${unchanged} as they were, ${removed} removed\n` +
      `in them: ${counts(Object.fromEntries(KINDS.map((kind) => [kind, resources[kind]])))}\n` +
      `left out: ${counts({ host: resources.host, external: resources.external, link: resources.link })}\n`,
  );
}

function counts(resources: unknown): string {
  return Object.entries(resources as Readonly<Record<string, readonly unknown[]>>)
    .map(([name, documents]) => `${name} ${documents.length}`)
    .join(', ');
}
