import { createServer as createPlain, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookReceiver {
  readonly port: number;
  readonly posts: readonly ReceivedPost[];
  /** Answers that come next, then 204: a status, a status with a location, or `cut`: the connection is closed unanswered. */
  readonly answers: (number | 'cut' | { readonly status: number; readonly location: string })[];
  /** Resolves when so many posts have come. */
  arrived(count: number): Promise<void>;
}

/** A receiver on 127.0.0.1, with TLS if it is given a certificate, until the test ends. */
export async function webhookReceiver(tls?: { readonly cert: Buffer; readonly key: Buffer }): Promise<WebhookReceiver> {
  const posts: ReceivedPost[] = [];
  const answers: WebhookReceiver['answers'] = [];
  const waiting: { readonly count: number; readonly go: () => void }[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      posts.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString() });
      const answer = answers.shift() ?? 204;
      if (answer === 'cut') request.socket.destroy();
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else response.writeHead(answer.status, { location: answer.location }).end();
      for (const { count, go } of waiting) if (posts.length >= count) go();
    });
  };
  const server = tls === undefined ? createPlain(listener) : createSecure(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    posts,
    answers,
    arrived: (count) =>
      posts.length >= count ? Promise.resolve() : new Promise((resolve) => void waiting.push({ count, go: resolve })),
  };
}
