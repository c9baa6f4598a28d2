import type { ClientRequest, IncomingMessage } from 'node:http';
import { sendContinue } from '../read-body.js';
import { sendBody } from './send-body.js';

/**
 * Sends the body, and resolves with the leader's answer, of which only the head has arrived. Rejects when none comes in
 * time.
 */
export function answerHead(
  request: IncomingMessage,
  upstream: ClientRequest,
  { hasBody, limit, timeoutMs }: { readonly hasBody: boolean; readonly limit: number; readonly timeoutMs: number },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const late = () => void upstream.destroy(new Error(`nothing within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    // Stays attached after the answer has begun; later errors show in the answer stream itself.
    upstream.on('error', reject);
    upstream.once('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed'));
    });
    upstream.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    const send = () => {
      sendBody(request, upstream, { limit, onProgress: () => void timer.refresh() }).catch((error: Error) => {
        reject(error);
        upstream.destroy();
      });
    };
    if (!hasBody) upstream.end();
    else if (request.headers.expect === undefined) send();
    else {
      // The client waits for 100 Continue before it sends its body; the leader decides.
      upstream.once('continue', () => {
        sendContinue(request);
        send();
      });
      upstream.flushHeaders();
    }
  });
}
