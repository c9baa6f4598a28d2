import { readFileSync } from 'node:fs';
import { escapeHidden } from '../../model/hidden-characters.js';
import { CommandFailure } from '../cli-io.js';
import type { CliIo } from '../cli-io.js';
import { WRONG_USE } from '../exit-codes.js';
import { loadInstalled } from '../config-options.js';
import { apiAddress } from './api-address.js';
import type { ApiFlags } from './api-flags.js';

const TIMEOUT_MS = 10_000;

/** How long to wait for an answer, and what ends the wait. */
export interface Waiting {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a server refused, with its answer, for those who can say more of it. */
export class ApiRefusal extends CommandFailure {
  override readonly name = 'CommandFailure';
  readonly status: number;
  /** The answer; null: it was no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;

  constructor(message: string, status: number, body: ApiRefusal['body']) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

/** The API of one server. Calls reject with `CommandFailure`, exit code 1. */
export interface Api {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** The JSON of the answer. */
  get(path: string, waiting?: Waiting): Promise<unknown>;
  /** The same; undefined: the server answers 404. */
  find(path: string): Promise<unknown>;
  text(path: string): Promise<string | undefined>;
  post(path: string, body: object, waiting?: Waiting): Promise<unknown>;
  put(path: string, body: object): Promise<unknown>;
  remove(path: string): Promise<void>;
  /** All items of a list that is read page by page. */
  pages(path: string): Promise<readonly unknown[]>;
  /** The body as it comes, until `signal`; `type`: of what, default a stream of events. */
  open(path: string, signal: AbortSignal, type?: string): Promise<ReadableStream<Uint8Array>>;
}

/**
 * The server that flags, environment or configuration name, in this order.
 * @throws CommandFailure with exit code 64: the command line is wrong
 */
export async function apiOf(flags: ApiFlags, io: CliIo): Promise<Api> {
  const base =
    flags.url ?? set(io.environment['DOGTRAINER_URL']) ?? apiAddress((await loadInstalled(flags, io)).config.api);
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    throw new CommandFailure(`--url: ${base} is not a URL such as http://127.0.0.1:7070`, { exitCode: WRONG_USE });
  }
  return client(base.replace(/\/+$/, ''), tokenOf(flags, io));
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function tokenOf({ token, tokenFile }: ApiFlags, { environment }: CliIo): string | undefined {
  if (token !== undefined && tokenFile !== undefined) {
    throw new CommandFailure('give --token or --token-file, not both', { exitCode: WRONG_USE });
  }
  if (token !== undefined) return checked(token, '--token');
  if (tokenFile !== undefined) return ofFile(tokenFile, '--token-file');
  const own = set(environment['DOGTRAINER_TOKEN']);
  if (own !== undefined) return checked(own, 'DOGTRAINER_TOKEN');
  const file = set(environment['DOGTRAINER_TOKEN_FILE']);
  return file === undefined ? undefined : ofFile(file, 'DOGTRAINER_TOKEN_FILE');
}

function ofFile(file: string, from: string): string {
  try {
    return checked(readFileSync(file, 'utf8').trim(), `${from} ${file}`);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${from}: ${(error as Error).message}`, { exitCode: WRONG_USE, cause: error });
  }
}

/** The token itself is never shown. */
function checked(token: string, from: string): string {
  if (/^[\x21-\x7e]{1,500}$/.test(token)) return token;
  throw new CommandFailure(`${from} holds no token: one word of letters, digits and signs`, { exitCode: WRONG_USE });
}

function client(url: string, token: string | undefined): Api {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(init.headers as Record<string, string> | undefined),
    };
    try {
      return await fetch(url + path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init, headers });
    } catch (error) {
      const { cause } = error as Error;
      const why = cause instanceof Error && cause.message !== '' ? cause.message : String(error);
      throw new CommandFailure(`no server answers at ${url}${path}: ${why}`, { cause: error });
    }
  };
  const good = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await ask(path, init);
    if (response.ok) return response;
    throw await refusal(url + path, response);
  };
  const json = async (path: string, response: Response): Promise<unknown> => {
    try {
      return await response.json();
    } catch (error) {
      throw new CommandFailure(`${url}${path} did not answer with JSON`, { cause: error });
    }
  };
  const send = async (method: 'POST' | 'PUT', path: string, body: object, waiting?: Waiting): Promise<unknown> => {
    const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return json(path, await good(path, { ...init, signal: ending(waiting) }));
  };
  return {
    url,
    get: async (path, waiting) => json(path, await good(path, { signal: ending(waiting) })),
    async find(path) {
      const response = await ask(path);
      if (response.status === 404) return undefined;
      if (!response.ok) throw await refusal(url + path, response);
      return json(path, response);
    },
    async text(path) {
      const response = await ask(path, { headers: { accept: 'text/plain, application/json' } });
      if (response.status === 404) return undefined;
      if (!response.ok) throw await refusal(url + path, response);
      return response.text();
    },
    post: (path, body, waiting) => send('POST', path, body, waiting),
    put: (path, body) => send('PUT', path, body),
    async remove(path) {
      await good(path, { method: 'DELETE' });
    },
    async pages(path) {
      const items: unknown[] = [];
      for (let next: string | undefined = path; next !== undefined;) {
        const response = await good(next);
        const page = await json(next, response);
        if (!Array.isArray(page)) throw new CommandFailure(`${url}${next} did not answer with a list`);
        items.push(...(page as readonly unknown[]));
        next = /^<(\/[^>]*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      }
      return items;
    },
    async open(path, signal, type = 'text/event-stream') {
      const response = await good(path, { signal, headers: { accept: type } });
      if (response.body === null) throw new CommandFailure(`${url}${path} answered with nothing`);
      return response.body;
    },
  };
}

function ending({ timeoutMs = TIMEOUT_MS, signal }: Waiting = {}): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
}

/** What the server says of a request that it refused, with what can be done about it. */
async function refusal(url: string, response: Response): Promise<ApiRefusal> {
  const answer: unknown = await response.json().catch(() => undefined);
  const body = typeof answer === 'object' && answer !== null ? (answer as Readonly<Record<string, unknown>>) : null;
  const error = body?.['error'];
  const said = typeof error === 'string' ? `: ${escapeHidden(error)}` : '';
  const advice =
    response.status === 401
      ? '; give a token by --token, --token-file or DOGTRAINER_TOKEN (dog-trainer token create makes one)'
      : response.status === 404 && said === ''
        ? '; is the server as new as this command?'
        : '';
  const message = `${url} answered ${response.status} ${response.statusText}${said}${advice}`;
  return new ApiRefusal(message, response.status, body);
}
