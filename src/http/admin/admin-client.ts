import { request } from 'node:http';
import type { JsonObject } from '../../model/document.js';
import { PolicyFileError } from '../../transfer/policy-file.js';
import type { ImportReport } from '../../transfer/import-policy.js';
import { TokenError, type TokenInfo } from '../access/tokens.js';
import type { Completion } from './console-completion.js';
import { ConsoleError } from './console-error.js';
import type { PolicyAdmin } from './policy-admin.js';
import { socketTrouble } from './socket-trouble.js';
import type { TokenAdmin } from './token-admin.js';

/** How long the server may take; for a whole policy, longer. */
const TIMEOUT_MS = 10_000;
const POLICY_TIMEOUT_MS = 300_000;
/** Somebody has pressed Tab, and waits. */
const COMPLETION_TIMEOUT_MS = 2000;

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

/**
 * Exports and imports the policy of the server that listens on the socket. Rejects with `NoServerError` when none does.
 */
export function policyAdminOverSocket(socketPath: string): PolicyAdmin {
  const options = { refused: PolicyFileError, timeoutMs: POLICY_TIMEOUT_MS };
  return {
    export: async () => (await ask(socketPath, 'GET', '/policy', undefined, options)) as JsonObject,
    import: async (file, { dryRun, replace, override }) => {
      const why = override === undefined ? '' : `&override=${encodeURIComponent(override)}`;
      const path = `/policy?dry_run=${String(dryRun)}&replace=${String(replace)}${why}`;
      return (await ask(socketPath, 'POST', path, file as object, options)) as ImportReport;
    },
  };
}

/**
 * Asks the console of the server that listens on the socket. Rejects with `NoServerError` when none does, with
 * `ConsoleError` when it does not know such a line, with another error when what the line names is not there. `signal`:
 * the answer is not wanted any longer.
 */
export async function askConsole(socketPath: string, line: string, signal?: AbortSignal): Promise<unknown> {
  const options = { refused: ConsoleError, timeoutMs: TIMEOUT_MS, ...(signal && { signal }) };
  const { answer } = (await ask(socketPath, 'POST', '/console', { line }, options)) as { readonly answer: unknown };
  return answer;
}

/** How the last word of a line may go on, as the server that listens on the socket knows it. */
export async function completeConsole(socketPath: string, line: string): Promise<Completion> {
  const options = { refused: ConsoleError, timeoutMs: COMPLETION_TIMEOUT_MS };
  return (await ask(socketPath, 'POST', '/console/completion', { line }, options)) as Completion;
}

interface AskOptions {
  /** The error class that a refusal of the server is thrown as. */
  readonly refused: new (message: string) => Error;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

function ask(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
  { refused, timeoutMs, signal }: AskOptions = { refused: TokenError, timeoutMs: TIMEOUT_MS },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, timeout: timeoutMs, agent: false, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve(answered(response.statusCode ?? 0, JSON.parse(text), refused));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`the server did not answer within ${timeoutMs} ms`)));
    call.on('error', (error: NodeJS.ErrnoException) => reject(socketTrouble(error, socketPath)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function answered(status: number, body: unknown, Refused: AskOptions['refused']): unknown {
  if (status < 400) return body;
  const { error } = body as { readonly error?: unknown };
  const text = typeof error === 'string' ? error : `the server answered ${status}`;
  // What is not there, or taken, was asked in the right way.
  throw status === 400 ? new Refused(text) : new Error(text);
}
