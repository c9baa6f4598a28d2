import { execFile } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { BrokerConnection, Delivery } from '../../src/broker/broker.js';
import { declareAgentQueue } from '../../src/sim/agent-topology.js';
import { decodeRequest, type FileTransferRequest } from '../../src/wire/messages/file-transfer.js';

const run = promisify(execFile);

/** What the agent was asked, without the bytes of blocks. */
export type AskedOfAgent = Pick<FileTransferRequest, 'command'>['command'];

export interface FileAgentOptions {
  /** Default true; false: it takes requests, and that is all. */
  readonly answers?: boolean;
  /** Default true; false: the user of commands may look at files, but not read them. */
  readonly readsInShell?: boolean;
  /** Runs after each command, before the answer. */
  readonly afterCommand?: (line: string) => Promise<void>;
}

/**
 * An agent as those in the field are about files and commands (docs/protocol.md#remote-commands-and-files), with real files
 * below `root` and a real shell, which sees that directory as `/`: paths in commands are rewritten.
 */
export async function startFileAgent(
  connection: BrokerConnection,
  hostkey: string,
  root: string,
  { answers = true, readsInShell = true, afterCommand = () => Promise.resolve() }: FileAgentOptions = {},
) {
  const asked: AskedOfAgent[] = [];
  await declareAgentQueue(connection, 'file_transfer', { environment: '*', location: '*', group: '', hostkey });
  const answer = async (request: FileTransferRequest): Promise<{ body: Buffer; contentType: string } | undefined> => {
    const json = (value: unknown) => ({ body: Buffer.from(JSON.stringify(value)), contentType: 'text/json' });
    switch (request.command) {
      case 'send_file': {
        const path = join(root, request.fileName);
        if (request.currentBlock === 1) await mkdir(dirname(path), { recursive: true });
        const file = await open(path, request.currentBlock === 1 ? 'w' : 'r+');
        await file.write(
          request.block,
          0,
          request.block.length,
          (request.currentBlock - 1) * request.maxBlockSizeBytes,
        );
        await file.close();
        return undefined;
      }
      case 'fetch_file':
        return readFile(join(root, request.fileName)).then(
          (body) => ({ body, contentType: 'application/octet-stream' }),
          () => json({ error: 'enoent' }),
        );
      case 'delete_file':
        await rm(join(root, request.fileName));
        return json(['ok']);
      case 'execute_command': {
        const line = request.commandLine.replace(/'\//, `'${root}/`);
        if (!readsInShell && line.startsWith('dd ')) return json({ ok: [] });
        const printed = run('/bin/sh', ['-c', line], { maxBuffer: 16 << 20 }).then(
          ({ stdout }) => json({ ok: stdout === '' ? [] : [stdout] }),
          () => json({ error: { exit_status: 256 } }),
        );
        return printed.finally(() => afterCommand(line));
      }
    }
  };
  const take = async (delivery: Delivery): Promise<void> => {
    const { request } = decodeRequest(delivery.body);
    asked.push(request.command);
    if (!answers) return delivery.ack();
    const reply = await answer(request);
    const { replyTo: routingKey = '', correlationId = '' } = delivery;
    if (reply !== undefined)
      await connection.publish({ exchange: '', routingKey, correlationId, persistent: false, ...reply });
    delivery.ack();
  };
  await connection.consume(`file_transfer.${hostkey}`, { prefetch: 1 }, (delivery) => void take(delivery));
  return { asked };
}
