import { basename, dirname } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Config } from '../config/schema.js';
import { CommandFailure, ToldFailure } from './cli-io.js';
import type { CliIo } from './cli-io.js';
import { WRONG_USE } from './exit-codes.js';
import { loadInstalled, withConfigOptions } from './config-options.js';
import type { ConfigFlags } from './config-options.js';

// Each command's code is loaded only when it is asked for, so that `--help` needs none of it.

/** `compile FILE`. */
export function addCompile(program: Command, io: CliIo): void {
  program
    .command('compile')
    .description('compile one ruleset, or all sets, from a JSON file; the hash goes to standard error')
    .argument('<file>', 'JSON: {"kind": "ruleset" or "ipset", "input": ...}')
    .addOption(new Option('--dialect <dialect>', 'whose bytes').choices(['dog1', 'dog2']).default('dog2'))
    .action(async (file: string, options: { readonly dialect: 'dog1' | 'dog2' }) => {
      const { compileCommand } = await import('./compile.js');
      told(await compileCommand(file, options, { write: io.out }, { write: io.err }));
    });
}

/** `decode FILE`. */
export function addDecode(program: Command, io: CliIo): void {
  program
    .command('decode')
    .description('print an external term (a message of an agent, say) as annotated JSON')
    .argument('<file>', 'the bytes of the term')
    .action(async (file: string) => {
      const { decodeCommand } = await import('./decode.js');
      told(await decodeCommand(file, { write: io.out }, { write: io.err }));
    });
}

/** `backup FILE`. */
export function addBackup(program: Command, io: CliIo): void {
  withConfigOptions(program.command('backup'))
    .description('copy the embedded store to a file, also while the server runs')
    .argument('<file>', 'where to')
    .action(async (file: string, flags: ConfigFlags) => {
      const { backupCommand } = await import('./backup.js');
      told(backupCommand(await storeDirectory(flags, io), file, { write: io.out }, { write: io.err }));
    });
}

/** `restore FILE`. */
export function addRestore(program: Command, io: CliIo): void {
  withConfigOptions(program.command('restore'))
    .description('check a backup and put it in the place of the embedded store; the server must not run')
    .argument('<file>', 'a file that `backup` made')
    .action(async (file: string, flags: ConfigFlags) => {
      const { restoreCommand } = await import('./backup.js');
      const { asOwnerOf } = await import('./as-owner.js');
      const directory = await storeDirectory(flags, io);
      const { closeSync } = await import('node:fs');
      // Opened before root becomes the owner of the store: a backup that root made is root's alone.
      const opened = await openedBackup(file);
      try {
        const restore = () =>
          Promise.resolve(restoreCommand(directory, file, { write: io.out }, { write: io.err }, opened));
        told(await asOwnerOf(directory, restore));
      } finally {
        if (opened !== undefined) closeSync(opened);
      }
    });
}

/** `journal list` and `journal verify`. */
export function addJournal(program: Command, io: CliIo): void {
  const journal = program.command('journal').description('look into the journal of outgoing messages');
  withConfigOptions(journal.command('list'))
    .description('print the messages that wait, oldest first')
    .option('--json', 'one JSON object a line')
    .action(async (flags: ConfigFlags & { readonly json?: true }) => {
      const { journalListCommand } = await import('./journal.js');
      const { dir } = (await loadInstalled(flags, io)).config.queuejournal;
      told(await journalListCommand(dir, flags, { write: io.out }, { write: io.err }));
    });
  withConfigOptions(journal.command('verify'))
    .description('read every byte and say what is sound; exit 3 if something is not')
    .action(async (flags: ConfigFlags) => {
      const { journalVerifyCommand } = await import('./journal.js');
      const { dir } = (await loadInstalled(flags, io)).config.queuejournal;
      told(await journalVerifyCommand(dir, { write: io.out }, { write: io.err }));
    });
}

function told(exitCode: number): void {
  if (exitCode !== 0) throw new ToldFailure(exitCode);
}

/** The descriptor of a backup; undefined: there is none. */
async function openedBackup(file: string): Promise<number | undefined> {
  const { openSync } = await import('node:fs');
  try {
    return openSync(file, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new CommandFailure(`${file} cannot be read: ${message}`);
  }
}

/** The directory of the embedded store, which has a fixed name in it. */
async function storeDirectory(flags: ConfigFlags, io: CliIo): Promise<string> {
  const { store }: Config = (await loadInstalled(flags, io)).config;
  if (store.kind !== 'sqlite') {
    throw new CommandFailure(`store.kind is ${store.kind}: only the embedded store is backed up by this command`, {
      exitCode: WRONG_USE,
    });
  }
  const { DATABASE_NAME } = await import('../store/sqlite/database-file.js');
  if (basename(store.path) !== DATABASE_NAME) {
    throw new CommandFailure(`store.path is ${store.path}: this command needs a store named ${DATABASE_NAME}`, {
      exitCode: WRONG_USE,
    });
  }
  return dirname(store.path);
}
