import type { HttpConfig } from '../http-config.js';
import type { Route } from '../route.js';

/**
 * Added so that the leader gives up first and its own error arrives. Its commands have two seconds of slack themselves.
 */
const SLACK_MS = 5000;

/**
 * How long the leader may stay silent over a request with a body of `bytes` bytes, in milliseconds: longer than its own
 * time-outs. A file goes to the host block by block, and each block has its time.
 */
export function answerTimeoutMs({ scope }: Pick<Route, 'scope'>, config: HttpConfig, bytes: number): number {
  if (scope !== 'command') return config.api.request_timeout_ms + SLACK_MS;
  const oneStep = Math.max(
    config.command_execution_timeout_ms,
    config.file_transfer_timeout_ms,
    config.file_delete_timeout_ms,
  );
  return oneStep * (1 + Math.ceil(bytes / config.max_block_size_bytes)) + SLACK_MS;
}
