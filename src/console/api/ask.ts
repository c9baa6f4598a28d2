import type { JsonObject } from '../../model/document.js';
import { forgetToken, token } from '../session/token.js';
import { ApiFailure } from './api-failure.js';

/** An answer of the API that is no refusal. */
export interface Answer<T> {
  readonly value: T;
  /** Tag of the document, for `If-Match`; null: it has none. */
  readonly etag: string | null;
  /** What the server let through, and thinks worth knowing; null: nothing. */
  readonly warning: string | null;
  /** Path and query of the next page; null: this is the last. */
  readonly next: string | null;
}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Most milliseconds that an answer may take. The server's own limit is 30 s, and says more. */
const MOST_MS = 60_000;

/**
 * Asks the API of the server that sent this page.
 * @param path with its query, such as `/api/V2/status`
 * @throws ApiFailure what the server refuses, and `no_answer` where none comes
 */
export async function ask<T>(path: string, { method = 'GET', body, headers, signal }: Asking = {}): Promise<Answer<T>> {
  const limit = AbortSignal.timeout(MOST_MS);
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token.value === null ? {} : { authorization: `Bearer ${token.value}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'omit',
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiFailure(0, 'no_answer', 'The server does not answer. This page asks again by itself.');
  }
  const value = read(text);
  if (!response.ok) throw refusal(response, value);
  return {
    value: value as T,
    etag: response.headers.get('etag'),
    warning: response.headers.get('x-dog-warning'),
    next: nextOf(response.headers.get('link')),
  };
}

function read(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function refusal({ status, statusText }: Response, value: unknown): ApiFailure {
  const body = typeof value === 'object' && value !== null ? (value as JsonObject) : {};
  const code = typeof body['code'] === 'string' ? body['code'] : `http_${status}`;
  const said = typeof body['error'] === 'string' ? body['error'] : statusText || `the server answered ${status}`;
  // Who asks is not known any longer: the frame asks for a token.
  if (status === 401) forgetToken();
  return new ApiFailure(status, code, said, body);
}

/** `<…>; rel="next"` (RFC 8288), as the API sends it. */
function nextOf(link: string | null): string | null {
  return /<([^>]+)>;\s*rel="?next"?/.exec(link ?? '')?.[1] ?? null;
}
