import type { Readable } from 'node:stream';
import type { Json } from '../model/document.js';
import { TEXT_TYPE } from './media-type.js';

/** What a handler answers: plain data, so that tests need no socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReplyBody;
}

export type ReplyBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: Json }
  | { readonly kind: 'list'; readonly parts: readonly (readonly Json[])[] }
  | { readonly kind: 'text'; readonly text: string; readonly type: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | Readable; readonly type: string };

type Headers = Readonly<Record<string, string>>;

export function jsonReply(value: Json, status = 200, headers: Headers = {}): Reply {
  return { status, headers, body: { kind: 'json', value } };
}

/**
 * The items of several lists as one JSON list. Of a list that is frozen, and so are its items, the text may be kept and used
 * again for the same one (json/list-bytes.ts).
 */
export function listReply(parts: readonly (readonly Json[])[], headers: Headers = {}): Reply {
  return { status: 200, headers, body: { kind: 'list', parts } };
}

/** Text, by default `text/plain`; some texts go out typed as JSON (docs/http-api.md#hcl). */
export function textReply(text: string, type: string = TEXT_TYPE): Reply {
  return { status: 200, headers: {}, body: { kind: 'text', text, type } };
}

/** `size` bytes that come bit by bit. An error of the stream cuts the answer off, so that a part never looks whole. */
export function streamReply(bytes: Readable, size: number, type: string): Reply {
  return { status: 200, headers: { 'content-length': String(size) }, body: { kind: 'bytes', bytes, type } };
}

/** 204 without a body. */
export const emptyReply: Reply = { status: 204, headers: {}, body: { kind: 'none' } };

/** `location`: always a path, never with a host, because clients cut the id out of it. */
export function locationOf(base: string, id: string): Headers {
  return { location: `${base}/${encodeURIComponent(id)}` };
}
