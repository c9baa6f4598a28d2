import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { SslOptions } from '../amqp/options.js';
import { tlsSetup } from '../amqp/tls.js';

/** Where RabbitMQ's management API is, and as which user it is asked. */
export interface ManagementOptions {
  /** `http://host:15672` or `https://…`, with a path where the API has a prefix. What it says of user and password is not taken. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** For `https` URLs. */
  readonly sslOptions: SslOptions;
  /** Longest wait for one answer, in milliseconds; default 5,000. */
  readonly timeoutMs?: number;
  /** A longer answer is given up, in bytes; default 4 MiB, which is parsed in some 30 ms. */
  readonly maxBytes?: number;
}

/** How the API is asked otherwise than by a plain GET. */
export interface ManagementRequest {
  readonly method?: 'GET' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** What is given where the API answers 404; absent: that is an error. */
  readonly absent?: unknown;
}

/**
 * Asks for a path below `/api`, such as `/queues/dog`; gives the JSON of the answer, undefined for an answer without a
 * body (204). Rejects with an Error without secrets.
 */
export type ManagementApi = (path: string, request?: ManagementRequest) => Promise<unknown>;

/** Stands for an answer of 404. */
const ABSENT = Symbol('404');

/** Each question has a connection of its own; nothing is kept. */
export function managementApi(options: ManagementOptions): ManagementApi {
  const base = new URL(options.url);
  const prefix = base.pathname.replace(/\/+$/, '');
  const { timeoutMs = 5_000, maxBytes = 4 * 1024 * 1024 } = options;
  const authorization = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`;
  const isTls = base.protocol === 'https:';
  return async (path, { method = 'GET', headers = {}, ...rest } = {}) => {
    const tls = isTls ? await tlsSetup(options.sslOptions) : {};
    const text = await new Promise<string | undefined | typeof ABSENT>((resolve, reject) => {
      const fail = (why: string): void => {
        request.destroy();
        reject(new Error(`the management API at ${base.host} ${why}`));
      };
      const request = (isTls ? tlsRequest : plainRequest)(
        {
          ...tls,
          protocol: base.protocol,
          hostname: base.hostname.replace(/^\[|\]$/g, ''),
          port: base.port,
          path: `${prefix}/api${path}`,
          method,
          headers: { ...headers, authorization, accept: 'application/json' },
          agent: false,
        },
        (response) => {
          const { statusCode } = response;
          if (statusCode === 204 || (statusCode === 404 && 'absent' in rest)) {
            response.resume();
            clearTimeout(timer);
            return resolve(statusCode === 204 ? undefined : ABSENT);
          }
          if (statusCode !== 200) return fail(`answered ${statusCode}`);
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > maxBytes) return fail(`answers with more than ${maxBytes} bytes`);
            chunks.push(chunk);
          });
          response.on('end', () => {
            clearTimeout(timer);
            resolve(Buffer.concat(chunks).toString('utf8'));
          });
          response.on('error', (error) => fail(`cannot be read: ${error.message}`));
        },
      );
      // For all of it: an answer that drips is over then too.
      const timer = setTimeout(() => fail(`did not answer within ${timeoutMs} ms`), timeoutMs);
      request.on('error', (error) => fail(`cannot be asked: ${error.message}`));
      request.on('close', () => clearTimeout(timer));
      request.end();
    });
    if (text === ABSENT) return rest.absent;
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new Error(`the management API at ${base.host} does not answer with JSON`);
    }
  };
}
