import { Readable } from 'node:stream';
import type { Log } from '../log/log.js';
import type { Metrics } from '../metrics/create-metrics.js';
import { fetchInBlocks, lookAtFile, type RunOnHost } from './fetch-in-blocks.js';
import type { FetchedFile } from './file-blocks.js';
import { Transfers, type Progress } from './transfers.js';
import type { Config } from '../config/schema.js';
import { REMOTE_COMMANDS } from '../actors/commands/remote-commands-messages.js';
import { CommandError, type AgentAnswer, type CommandCaller, type Commands } from './operations.js';
import { call, CallFailed, type ActorSystem } from '../otp/index.js';
import type { AgentReply } from '../wire/messages/file-transfer-reply.js';
import type { FileTransferRequest } from '../wire/messages/file-transfer.js';

/** A block that every broker takes (docs/protocol.md#blocks-fit-every-broker). */
const MAX_BLOCK = 8_388_608;
/** Larger files are fetched in blocks of this size, which as base64 in JSON is parsed in some milliseconds. */
const FETCH_BLOCK = 524_288;
/** More than the actor's own time-out, which is the one that counts. */
const SLACK_MS = 2000;

export interface RemoteCommandsPortNeeds {
  readonly system: ActorSystem;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'count'>;
  /** Times in milliseconds. */
  readonly config: Pick<
    Config,
    'command_execution_timeout_ms' | 'file_transfer_timeout_ms' | 'file_delete_timeout_ms' | 'max_block_size_bytes'
  >;
}

/** Remote commands and files for the API: questions to the actor that speaks with agents. */
export function remoteCommandsPort({ config, system, log, metrics }: RemoteCommandsPortNeeds): Commands {
  const transfers = new Transfers({ clock: system.clock, log });
  const ask = async (
    hostkey: string,
    request: FileTransferRequest,
    timeoutMs: number,
    { apiUser }: CommandCaller,
    as: 'whole' | 'part' = 'whole',
  ): Promise<AgentReply> => {
    try {
      const question = { tag: 'request', hostkey, request, apiUser, timeoutMs, as } as const;
      const answer = await call(system, REMOTE_COMMANDS, question, timeoutMs + SLACK_MS);
      if (answer.ok) return answer.reply;
      throw new CommandError(answer.code, answer.message);
    } catch (error) {
      if (error instanceof CallFailed) throw new CommandError('unavailable', error.message);
      throw error;
    }
  };
  // A command that failed without a word leaves nothing but its exit code to tell.
  const failure = ({ text, exitCode }: AgentReply & { readonly kind: 'error' }): AgentAnswer<never> => ({
    ok: false,
    error: text === '' && exitCode !== undefined ? `exit status ${exitCode}` : text,
  });
  return {
    async execute(hostkey, command, { useShell, user, ...caller }) {
      const request = {
        command: 'execute_command',
        commandLine: command,
        useShell,
        ...(user === undefined ? {} : { user }),
      } as const;
      const reply = await ask(hostkey, request, config.command_execution_timeout_ms, caller);
      if (reply.kind === 'error') return failure(reply);
      return { ok: true, value: reply.kind === 'ok' ? reply.output.trim() : reply.bytes.toString('utf8') };
    },
    async sendFile(hostkey, path, content, caller) {
      const size = Math.min(config.max_block_size_bytes, MAX_BLOCK);
      // An empty file is one empty block (docs/protocol.md#an-empty-file-is-one-empty-block).
      const total = Math.max(1, Math.ceil(content.size / size));
      const progress = transfers.begin({
        hostkey,
        path,
        direction: 'to_host',
        author: caller.apiUser ?? null,
        size: content.size,
      });
      try {
        for (let index = 0; index < total; index += 1) {
          const block = await content.read(index * size, Math.min(size, content.size - index * size));
          const request = {
            command: 'send_file',
            fileName: path,
            totalBlocks: total,
            currentBlock: index + 1,
            maxBlockSizeBytes: size,
            block,
          } as const;
          await ask(hostkey, request, config.file_transfer_timeout_ms, caller);
          progress.add(block.length);
        }
      } catch (error) {
        progress.end(reasonOf(error));
        throw error;
      }
      progress.end();
    },
    async fetchFile(hostkey, path, caller) {
      // The client sees one file fetched, whatever is asked of the host for it.
      const run: RunOnHost = async (commandLine) => {
        const request = { command: 'execute_command', commandLine, useShell: true } as const;
        const reply = await ask(hostkey, request, config.command_execution_timeout_ms, caller, 'part');
        return reply.kind === 'ok' ? reply.output : undefined;
      };
      const stand = await lookAtFile(run, path);
      const large =
        stand !== undefined && stand.size > MAX_BLOCK ? await fetchInBlocks(run, path, stand, FETCH_BLOCK) : undefined;
      const begin = ({ size, pieces }: FetchedFile): AgentAnswer<FetchedFile> => {
        const author = caller.apiUser ?? null;
        const progress = transfers.begin({ hostkey, path, direction: 'from_host', author, size });
        return { ok: true, value: { size, pieces: followed(pieces, progress) } };
      };
      if (large !== undefined) {
        metrics.count('file_transfer', 'fetch_file');
        return begin(large);
      }
      const reply = await ask(
        hostkey,
        { command: 'fetch_file', fileName: path },
        config.file_transfer_timeout_ms,
        caller,
      );
      if (reply.kind === 'error') return failure(reply);
      const bytes = reply.kind === 'file' ? reply.bytes : Buffer.from(reply.output);
      return begin({ size: bytes.length, pieces: Readable.from([bytes]) });
    },
    async deleteFile(hostkey, path, caller) {
      const request = { command: 'delete_file', fileName: path } as const;
      const reply = await ask(hostkey, request, config.file_delete_timeout_ms, caller);
      return reply.kind === 'error' ? failure(reply) : { ok: true, value: null };
    },
    transfers: () => transfers.list(),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same pieces, with their progress told; a reader that goes away ends it too. */
async function* followed(pieces: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) {
      yield piece;
      progress.add(piece.length);
    }
    progress.end();
  } catch (error) {
    progress.end(reasonOf(error));
    throw error;
  } finally {
    progress.end('the client went away');
  }
}
