import type { IncomingMessage, ServerResponse } from 'node:http';
import { drained } from './drained.js';
import { endToEndHeaders } from './end-to-end-headers.js';

/**
 * Streams the leader's answer to the client: status, end-to-end headers, bytes. Where it breaks off, or nothing comes
 * for `silenceMs`, the client's connection is cut too, so that half an answer never looks whole; then it rejects with
 * the reason. If the client goes away, it resolves.
 */
export async function relayAnswer(answer: IncomingMessage, response: ServerResponse, silenceMs: number): Promise<void> {
  const silent = () => void answer.destroy(new Error(`no further bytes within ${silenceMs} ms`));
  let timer = setTimeout(silent, silenceMs);
  try {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, [...endToEndHeaders(answer.rawHeaders)]);
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      // While the client reads slowly, the leader is not at fault.
      clearTimeout(timer);
      if (!response.write(chunk)) await drained(response);
      if (response.destroyed) return;
      timer = setTimeout(silent, silenceMs);
    }
    response.end();
  } catch (error) {
    if (response.destroyed) return;
    response.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
