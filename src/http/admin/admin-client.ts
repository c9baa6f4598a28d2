import { request } from 'node:http';
import { TokenError, type TokenInfo } from '../access/tokens.js';
import type { TokenAdmin } from './token-admin.js';

/** No server listens on the socket: the store may be opened directly. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** How long the server may take. */
const TIMEOUT_MS = 10_000;

/** Manages the tokens of the server that listens on the socket. Calls reject with `NoServerError` when none does. */
export function tokenAdminOverSocket(socketPath: string): TokenAdmin {
  return {
    create: async (wanted) =>
      (await ask(socketPath, 'POST', '/tokens', wanted)) as TokenInfo & { readonly text: string },
    list: async () => (await ask(socketPath, 'GET', '/tokens')) as readonly TokenInfo[],
    revoke: async (nameOrId) =>
      (await ask(socketPath, 'DELETE', `/tokens/${encodeURIComponent(nameOrId)}`)) as TokenInfo,
  };
}

function ask(socketPath: string, method: string, path: string, body?: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, timeout: TIMEOUT_MS, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(answered(response.statusCode ?? 0, JSON.parse(text)));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`the server did not answer within ${TIMEOUT_MS} ms`)));
    call.on('error', (error: NodeJS.ErrnoException) => {
      const none = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      reject(none ? new NoServerError(`no server listens on ${socketPath}`, { cause: error }) : error);
    });
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function answered(status: number, body: unknown): unknown {
  if (status < 400) return body;
  const { error } = body as { readonly error?: unknown };
  const text = typeof error === 'string' ? error : `the server answered ${status}`;
  throw status < 500 ? new TokenError(text) : new Error(text);
}
