import { isUtf8 } from 'node:buffer';

/** An agent's answer in one shape, whichever shape it came in (docs/protocol.md#remote-commands-and-files). */
export type AgentReply =
  /** The bytes of a fetched file. */
  | { readonly kind: 'file'; readonly bytes: Buffer }
  /** It was done; `output` is what the command printed, not trimmed. */
  | { readonly kind: 'ok'; readonly output: string }
  | AgentFailure;

export interface AgentFailure {
  readonly kind: 'error';
  /** The agent's error: a reason such as `enoent`, or what the command printed. */
  readonly text: string;
  /** Exit code of the command (the wait status on the wire is 256 times it), if the agent sent it. */
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/**
 * Reads an answer. Only the content type distinguishes a fetched file from an error: its bytes may be JSON too.
 * Never throws: an answer that no agent sends becomes an error that says so.
 */
export function parseReply(body: Uint8Array, contentType: string | undefined): AgentReply {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (contentType === 'application/octet-stream') return { kind: 'file', bytes };
  if (!isUtf8(bytes)) return failure('the agent answered with bytes that are not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return failure('the agent answered with something that is not JSON');
  }
  if (value === 'ok') return { kind: 'ok', output: '' };
  if (typeof value === 'string') return failure(value);
  if (Array.isArray(value))
    return value.length === 1 && value[0] === 'ok' ? { kind: 'ok', output: '' } : failure(flat(value));
  if (typeof value !== 'object' || value === null) return failure('the agent answered with neither ok nor error');
  return fromObject(value as Readonly<Record<string, unknown>>);
}

function fromObject(object: Readonly<Record<string, unknown>>): AgentReply {
  if ('ok' in object) return { kind: 'ok', output: flat(object['ok']) };
  if ('error' in object) return fromError(object['error']);
  const response = object['response'];
  if (response === 'ok') return { kind: 'ok', output: flat(object['stdout'] ?? object['stderr'] ?? '') };
  if (response === 'error') return fromError(object);
  return failure('the agent answered with neither ok nor error');
}

function fromError(error: unknown): AgentFailure {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return failure(flat(error));
  const { exit_status: status, stdout, stderr } = error as Readonly<Record<string, unknown>>;
  const printed = [stdout, stderr].filter((stream) => stream !== undefined).map(flat);
  return {
    kind: 'error',
    text: printed.join(''),
    ...(typeof status === 'number' ? { exitCode: status >= 256 ? Math.floor(status / 256) : status } : {}),
    ...(stdout === undefined ? {} : { stdout: flat(stdout) }),
    ...(stderr === undefined ? {} : { stderr: flat(stderr) }),
  };
}

/** Agents send a string, or a list of its pieces. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flat).join('');
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function failure(text: string): AgentFailure {
  return { kind: 'error', text };
}
