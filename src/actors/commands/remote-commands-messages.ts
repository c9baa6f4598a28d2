import { serverName } from '../../otp/index.js';
import type { AgentReply } from '../../wire/messages/file-transfer-reply.js';
import type { FileTransferRequest } from '../../wire/messages/file-transfer.js';

/** A request to one agent. `send_file` is answered with the broker's confirm, all others with the agent's reply. */
export interface CommandCall {
  readonly tag: 'request';
  readonly hostkey: string;
  readonly request: FileTransferRequest;
  readonly apiUser: string | undefined;
  readonly timeoutMs: number;
  /** `part`: of something larger that is counted by itself. Absent: it counts. */
  readonly as?: 'whole' | 'part';
}

/** `unavailable`: no broker, or the host's queue does not exist; nothing was or will be done. `timeout`: unknown. */
export type CommandReply =
  | { readonly ok: true; readonly reply: AgentReply }
  | { readonly ok: false; readonly code: 'unavailable' | 'timeout'; readonly message: string };

export const REMOTE_COMMANDS = serverName<CommandCall, CommandReply, never>('remote_commands');
