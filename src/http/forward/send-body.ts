import type { ClientRequest, IncomingMessage } from 'node:http';
import { ApiError } from '../errors.js';
import { tooLarge } from '../read-body.js';
import { drained } from './drained.js';

/**
 * Streams the client's body to the leader, as fast as both go, and ends the request. `onProgress` is called for each
 * piece. Once the leader has closed, the rest is read and discarded, so that the client sees the answer. Throws
 * 413 for a body of more than `limit` bytes, 400 for one that ends early; the leader then never sees the end of it.
 */
export async function sendBody(
  request: IncomingMessage,
  upstream: ClientRequest,
  { limit, onProgress }: { readonly limit: number; readonly onProgress: () => void },
): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(request, limit);
      if (upstream.destroyed) continue;
      onProgress();
      if (!upstream.write(chunk)) await drained(upstream);
    }
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError('bad_request', { reason: 'the body ended early' }, { cause: error });
  }
  if (!upstream.destroyed) upstream.end();
}
