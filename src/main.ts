#!/usr/bin/env node
import { runCli } from './cli/program.js';
import { isJournal } from './log/journal.js';

/** Resolves when the reader has all that was written to a stream, or is gone: writing to a pipe only queues. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });
}

// What this program makes holds passwords, hashes of tokens and a fleet's policy: it is its owner's, whatever the shell's
// umask says, and also what a library or SQLite makes beside it.
process.umask(0o077);

/** systemd's journal reads a line's priority from its beginning. */
function asError(text: string): string {
  return isJournal(2) ? text.replace(/^(?=.)/gm, '<3>') : text;
}

const code = await runCli(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(asError(text)),
  environment: process.env,
  installedConfig: '/etc/dog_trainer/dog_trainer.yaml',
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// The command is done: a connection that somebody still holds open must not keep the process.
process.exit(code);
