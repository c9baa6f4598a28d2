import type { JsonObject } from '../../src/model/document.js';

/** An answer with its body read. `json` is null for a body that is no JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
}

/** Calls a server; bodies that are no text are sent as JSON. Never follows a redirect. */
export function client(url: string, headers: Readonly<Record<string, string>> = {}) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const typed: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...typed, ...headers, ...more },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    // A stream of events has no end.
    const isStream = response.headers.get('content-type') === 'text/event-stream';
    if (isStream) await response.body?.cancel();
    const text = isStream ? '' : await response.text();
    return { status: response.status, headers: response.headers, text, json: parsed(text) };
  };
}

export type Client = ReturnType<typeof client>;

function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null as unknown as JsonObject;
  }
}

/** A rule that lets everybody in. */
export const RULE = {
  action: 'ACCEPT',
  active: true,
  comment: '',
  environments: [],
  group: 'any',
  group_type: 'ANY',
  interface: '',
  log: false,
  log_prefix: '',
  order: 0,
  service: 'any',
  states: [],
  type: 'BASIC',
} as const;
