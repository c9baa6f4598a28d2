#!/usr/bin/env node
import { runCli } from './cli/program.js';
import { isJournal } from './log/journal.js';
import { nameSources } from './log/name-sources.js';

/** Resolves when the reader has all that was written to a stream, or is gone: writing to a pipe only queues. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.on('error', () => resolve());
    stream.write('', () => resolve());
  });
}

nameSources(new URL('./', import.meta.url));

// Files of this program hold passwords, hashes of tokens and a fleet's policy: only their owner may read them, whatever
// the shell's umask, including files that a library or SQLite creates.
process.umask(0o077);

/** systemd's journal reads a line's priority from its beginning. */
function asError(text: string): string {
  return isJournal(2) ? text.replace(/^(?=.)/gm, '<3>') : text;
}

async function ask(question: string): Promise<string> {
  const { askTerminal } = await import('./cli/ask-terminal.js');
  return askTerminal(question);
}

const { stdout, stderr } = process;
// As `head` goes when it has its lines. What is written after that is lost, which is what such a reader wants.
const readerGone = new AbortController();
stdout.on('error', () => readerGone.abort());
stderr.on('error', () => undefined);
// A terminal that does not know its size says 0.
const terminal = {
  get columns() {
    return stdout.columns || 80;
  },
  get rows() {
    return stdout.rows || 24;
  },
};
const code = await runCli(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(asError(text)),
  environment: process.env,
  readerGone: readerGone.signal,
  installedConfig: '/etc/dog_trainer/dog_trainer.yaml',
  // Its size is that of now: a window may be resized while a command watches.
  ...(stdout.isTTY ? { terminal } : {}),
  // Standard input is touched last: looking at it opens it.
  ...(stdout.isTTY && process.stdin.isTTY ? { ask } : {}),
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// The command is done: a connection that a peer keeps open must not keep the process alive.
process.exit(code);
