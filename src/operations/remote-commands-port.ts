import type { Config } from '../config/schema.js';
import { REMOTE_COMMANDS } from '../actors/commands/remote-commands-messages.js';
import { CommandError, type AgentAnswer, type CommandCaller, type Commands } from './operations.js';
import { call, CallFailed, type ActorSystem } from '../otp/index.js';
import type { AgentReply } from '../wire/messages/file-transfer-reply.js';
import type { FileTransferRequest } from '../wire/messages/file-transfer.js';

/** A block that every broker takes (docs/protocol.md#blocks-fit-every-broker). */
const MAX_BLOCK = 8_388_608;
/** More than the actor's own time-out, which is the one that counts. */
const SLACK_MS = 2000;

export interface RemoteCommandsPortNeeds {
  readonly system: ActorSystem;
  /** Times in milliseconds. */
  readonly config: Pick<
    Config,
    'command_execution_timeout_ms' | 'file_transfer_timeout_ms' | 'file_delete_timeout_ms' | 'max_block_size_bytes'
  >;
}

/** Remote commands and files for the API: questions to the actor that speaks with agents. */
export function remoteCommandsPort({ config, system }: RemoteCommandsPortNeeds): Commands {
  const ask = async (
    hostkey: string,
    request: FileTransferRequest,
    timeoutMs: number,
    { apiUser }: CommandCaller,
  ): Promise<AgentReply> => {
    try {
      const question = { tag: 'request', hostkey, request, apiUser, timeoutMs } as const;
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
      const total = Math.max(1, Math.ceil(content.length / size));
      for (let index = 0; index < total; index += 1) {
        const request = {
          command: 'send_file',
          fileName: path,
          totalBlocks: total,
          currentBlock: index + 1,
          maxBlockSizeBytes: size,
          block: content.subarray(index * size, (index + 1) * size),
        } as const;
        await ask(hostkey, request, config.file_transfer_timeout_ms, caller);
      }
    },
    async fetchFile(hostkey, path, caller) {
      const request = { command: 'fetch_file', fileName: path } as const;
      const reply = await ask(hostkey, request, config.file_transfer_timeout_ms, caller);
      if (reply.kind === 'error') return failure(reply);
      return { ok: true, value: reply.kind === 'file' ? reply.bytes : Buffer.from(reply.output) };
    },
    async deleteFile(hostkey, path, caller) {
      const request = { command: 'delete_file', fileName: path } as const;
      const reply = await ask(hostkey, request, config.file_delete_timeout_ms, caller);
      return reply.kind === 'error' ? failure(reply) : { ok: true, value: null };
    },
  };
}
