import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'koa';
import type { Json } from '../model/document.js';
import { isObject } from '../model/validate.js';
import { Slices } from '../world/slices.js';
import { namesTag } from './documents/not-modified.js';
import { documentText, keptText } from './json/document-text.js';
import { rememberLately } from './json/lately-known.js';
import { listBytes } from './json/list-bytes.js';
import { isLargeJson, writeJsonInSteps } from './json/write-large-json.js';
import { JSON_TYPE } from './media-type.js';
import type { Reply } from './reply.js';

/** Bodies of fewer bytes are not worth compressing (docs/http-api.md#rules-for-every-route). */
const MIN_GZIP_BYTES = 300;

const gzipBytes = promisify(gzip);

/** Sends a reply, compressed where the client accepts it. Gives a promise where that takes more than this moment. */
export function sendReply(ctx: Context, reply: Reply): Promise<void> | undefined {
  if (isKnown(ctx, reply)) {
    sendNotModified(ctx, reply);
    return undefined;
  }
  const { body, status, headers } = reply;
  switch (body.kind) {
    case 'json':
      return sendJson(ctx, body.value, reply);
    case 'list':
      return sendList(ctx, body.parts, reply);
    case 'text':
      return sendText(ctx, body.text, body.type, reply);
    case 'none':
      ctx.status = status;
      ctx.set(headers);
      ctx.body = null;
      ctx.status = status;
      return undefined;
    case 'bytes':
      ctx.status = status;
      ctx.set(headers);
      ctx.set('content-type', body.type);
      if (body.bytes instanceof Uint8Array) ctx.body = Buffer.from(body.bytes);
      else sendStream(ctx, body.bytes, headers['content-length']);
      return undefined;
  }
}

/** Whether the client has it already. */
function isKnown({ method, req }: Context, { status, headers }: Reply): boolean {
  const tags = req.headers['if-none-match'];
  if (tags === undefined || status !== 200 || (method !== 'GET' && method !== 'HEAD')) return false;
  return namesTag(tags, headers['etag']);
}

function sendNotModified(ctx: Context, { headers }: Reply): void {
  ctx.set(headers);
  ctx.vary('accept-encoding');
  ctx.body = null;
  ctx.status = 304;
}

/** Koa forgets the length of a stream, and leaves the connection of one that fails open. */
function sendStream(ctx: Context, bytes: Readable, length: string | undefined): void {
  ctx.body = bytes;
  if (length !== undefined) ctx.set('content-length', length);
  bytes.once('error', () => void ctx.res.destroy());
}

/** Writes large answers one at a time; small ones don't wait for them. */
const replySlices = new Slices();

function sendJson(ctx: Context, value: Json, reply: Reply): Promise<void> | undefined {
  const kept = keptText(value);
  if (kept !== undefined) return sendText(ctx, kept, JSON_TYPE, reply);
  return isLargeJson(value) ? sendLargeJson(ctx, value, reply) : sendText(ctx, documentText(value), JSON_TYPE, reply);
}

async function sendLargeJson(ctx: Context, value: Json, reply: Reply): Promise<void> {
  const bytes = await replySlices.run(writeJsonInSteps(value));
  if (isObject(value)) rememberLately(value['id'], value);
  await sendText(ctx, [bytes], JSON_TYPE, reply);
}

async function sendList(ctx: Context, parts: readonly (readonly Json[])[], reply: Reply): Promise<void> {
  await sendText(ctx, await listBytes(parts, replySlices), JSON_TYPE, reply);
}

/** A whole text, or its pieces. */
type Text = string | readonly Buffer[];

/** Names and values by turns, as Node writes them soonest. */
type Head = string[];

function sendText(ctx: Context, text: Text, type: string, { status, headers }: Reply): Promise<void> | undefined {
  const head: Head = [];
  for (const name of Object.keys(headers)) head.push(name, headers[name] as string);
  head.push('content-type', type.startsWith('text/') ? `${type}; charset=utf-8` : type, 'Vary', 'accept-encoding');
  const length = lengthOf(text);
  if (length >= MIN_GZIP_BYTES && wantsGzip(ctx)) return sendPacked(ctx, status, head, text);
  head.push('Content-Length', String(length));
  // As many bytes as characters: ASCII, which need not be encoded.
  sendWhole(ctx, status, head, text, length === text.length ? 'latin1' : 'utf8');
  return undefined;
}

async function sendPacked(ctx: Context, status: number, head: Head, text: Text): Promise<void> {
  const packed = await gzipBytes(typeof text === 'string' ? text : Buffer.concat(text));
  head.push('Content-Length', String(packed.length), 'content-encoding', 'gzip');
  sendWhole(ctx, status, head, [packed]);
}

/** In bytes. */
function lengthOf(text: Text): number {
  if (typeof text === 'string') return Buffer.byteLength(text);
  return text.reduce((length, piece) => length + piece.length, 0);
}

/** Without the header there is nothing to weigh. */
function wantsGzip(ctx: Context): boolean {
  return ctx.req.headers['accept-encoding'] !== undefined && ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
}

/** Head and body at once, past what Koa does with any body. */
function sendWhole(ctx: Context, status: number, head: Head, text: Text, encoding?: BufferEncoding): void {
  const { res } = ctx;
  ctx.respond = false;
  if (!res.headersSent) res.statusCode = status;
  // The client went away, or the answer was begun already: the log has the status all the same.
  if (!ctx.writable || res.headersSent) {
    res.end();
    return;
  }
  res.writeHead(status, head);
  // Node leaves out the body of an answer to HEAD.
  if (typeof text === 'string') {
    res.end(text, encoding ?? 'utf8');
    return;
  }
  for (const piece of text) res.write(piece);
  res.end();
}
