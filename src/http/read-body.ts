import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from './errors.js';

/**
 * The whole body as bytes. Throws 413 as soon as it is known to be over `limit` bytes; if its announced length is,
 * before a byte is read.
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  refuseTooLarge(request, limit);
  sendContinue(request);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      request.off('data', take).pause();
      reject(tooLarge(request, limit));
    };
    // The client went away or sent a malformed chunk. It won't read this answer, but the log must not show it as a
    // defect.
    const endedEarly = (error?: Error) =>
      reject(new ApiError('bad_request', { reason: 'the body ended early' }, { cause: error }));
    // Nothing is told of one that went away before.
    if (request.destroyed) return endedEarly();
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks, size)));
    request.once('error', endedEarly);
    request.once('close', () => {
      if (!request.readableEnded) endedEarly();
    });
  });
}

/** Throws 413 where the announced length is over `limit` bytes. */
export function refuseTooLarge(request: IncomingMessage, limit: number): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(request, limit);
}

/** Interim answers owed to clients that wait for one before they send their body (RFC 9110 section 10.1.1). */
const owed = new WeakMap<IncomingMessage, ServerResponse>();

/**
 * Records that the client waits for `100 Continue`; it is sent when the body is wanted, and never for one too large.
 */
export function oweContinue(request: IncomingMessage, response: ServerResponse): void {
  owed.set(request, response);
}

/** Sends `100 Continue` if the client waits for it: its body is wanted. */
export function sendContinue(request: IncomingMessage): void {
  owed.get(request)?.writeContinue();
}

/** 413; the rest of the body is read and discarded, so that the client sees the answer. */
export function tooLarge(request: IncomingMessage, limit: number): ApiError {
  request.resume();
  return new ApiError('too_large', { limit });
}
