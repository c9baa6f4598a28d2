import type { FileBlock, FileTransferRequest } from '../wire/messages/file-transfer.js';

/** How a command of a simulated host ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Stands in for the host's shell. */
export type CommandRunner = (commandLine: string, useShell: boolean) => CommandResult;

/** Files of the host by absolute path. */
export type HostFiles = Map<string, Buffer>;

/** The bytes of an answer, and how they are labelled. */
export interface CommandAnswer {
  readonly body: Buffer;
  readonly contentType: 'text/json' | 'application/octet-stream';
}

/**
 * What an agent does with a request: the answer, `none` where it sends none (`send_file`), `crash` where its channel
 * dies instead (docs/protocol.md#output-to-standard-error-alone-is-never-answered).
 */
export function answerRequest(
  request: FileTransferRequest,
  files: HostFiles,
  run: CommandRunner,
): CommandAnswer | 'none' | 'crash' {
  switch (request.command) {
    case 'execute_command':
      return commandAnswer(run(request.commandLine, request.useShell));
    case 'fetch_file': {
      const content = files.get(request.fileName);
      return content === undefined
        ? json({ error: 'enoent' })
        : { body: content, contentType: 'application/octet-stream' };
    }
    case 'delete_file': {
      const path = rooted(request.fileName);
      if (path === undefined) return json('file_bad');
      return files.delete(path) ? json(['ok']) : json({ error: 'enoent' });
    }
    case 'send_file': {
      const path = rooted(request.fileName);
      if (path !== undefined) writeBlock(files, path, request);
      return 'none';
    }
  }
}

function commandAnswer({ exitCode, stdout, stderr }: CommandResult): CommandAnswer | 'crash' {
  if (exitCode === 0) {
    if (stdout === '' && stderr !== '') return 'crash';
    return json({ ok: stdout === '' ? [] : [stdout + stderr] });
  }
  if ((stdout === '') !== (stderr === '')) return json({ error: [stdout + stderr] });
  const streams = stdout === '' ? {} : { stdout: [stdout], stderr: [stderr] };
  return json({ error: { exit_status: exitCode * 256, ...streams } });
}

/** Block I goes to (I − 1) times the block size; the first one truncates. */
function writeBlock(
  files: HostFiles,
  path: string,
  { currentBlock, totalBlocks, maxBlockSizeBytes: size, block }: FileBlock,
): void {
  const start = (currentBlock - 1) * size;
  const end = start + block.length;
  const old = currentBlock === 1 ? undefined : files.get(path);
  // Room for all blocks is made with the first, so that a large file is not copied with each.
  const room = old?.buffer.byteLength ?? 0;
  if (old !== undefined && old.byteOffset === 0 && room >= end) {
    const content = Buffer.from(old.buffer as ArrayBuffer, 0, Math.max(old.length, end));
    content.set(block, start);
    files.set(path, content);
    return;
  }
  const whole = new ArrayBuffer(Math.max(end, old?.length ?? 0, currentBlock === 1 ? totalBlocks * size : 0));
  const content = Buffer.from(whole, 0, Math.max(end, old?.length ?? 0));
  if (old !== undefined) content.set(old);
  content.set(block, start);
  files.set(path, content);
}

/** The path without its leading slash must stay below the root; then it is put there again. */
function rooted(path: string): string | undefined {
  let depth = 0;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts) {
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return undefined;
  }
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return `/${kept.join('/')}`;
}

function json(value: unknown): CommandAnswer {
  return { body: Buffer.from(JSON.stringify(value)), contentType: 'text/json' };
}
