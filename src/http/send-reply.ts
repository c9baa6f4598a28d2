import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'koa';
import type { Json } from '../model/document.js';
import { Slices } from '../world/slices.js';
import { namesTag } from './documents/not-modified.js';
import { isLargeJson, writeJsonInSteps } from './json/write-large-json.js';
import { writeJson } from './json/write-json.js';
import { JSON_TYPE } from './media-type.js';
import type { Reply } from './reply.js';

/** Bodies of fewer bytes are not worth compressing (docs/http-api.md#rules-for-every-route). */
const MIN_GZIP_BYTES = 300;

const gzipBytes = promisify(gzip);

/** Sends a reply, compressed where the client accepts it. */
export async function sendReply(ctx: Context, reply: Reply): Promise<void> {
  ctx.status = reply.status;
  ctx.set(reply.headers);
  const reads = ctx.method === 'GET' || ctx.method === 'HEAD';
  if (reads && reply.status === 200 && namesTag(ctx.headers['if-none-match'], reply.headers['etag'])) {
    // The client has it already.
    ctx.vary('accept-encoding');
    ctx.body = null;
    ctx.status = 304;
    return;
  }
  const { body } = reply;
  switch (body.kind) {
    case 'none':
      ctx.body = null;
      ctx.status = reply.status;
      return;
    case 'json':
      await sendText(ctx, await jsonBytes(body.value), JSON_TYPE);
      return;
    case 'text':
      await sendText(ctx, body.text, body.type);
      return;
    case 'bytes':
      ctx.set('content-type', body.type);
      if (body.bytes instanceof Uint8Array) ctx.body = Buffer.from(body.bytes);
      else sendStream(ctx, body.bytes, reply.headers['content-length']);
      return;
  }
}

/** Koa forgets the length of a stream, and leaves the connection of one that fails open. */
function sendStream(ctx: Context, bytes: Readable, length: string | undefined): void {
  ctx.body = bytes;
  if (length !== undefined) ctx.set('content-length', length);
  bytes.once('error', () => void ctx.res.destroy());
}

/** Writes large answers one at a time; small ones don't wait for them. */
const replySlices = new Slices();

function jsonBytes(value: Json): string | Promise<Buffer> {
  return isLargeJson(value) ? replySlices.run(writeJsonInSteps(value)) : writeJson(value);
}

async function sendText(ctx: Context, body: string | Buffer, type: string): Promise<void> {
  const head = { 'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type, Vary: 'accept-encoding' };
  const length = Buffer.byteLength(body);
  if (length < MIN_GZIP_BYTES || !wantsGzip(ctx)) {
    sendWhole(ctx, body, { ...head, 'Content-Length': String(length) });
    return;
  }
  const packed = await gzipBytes(body);
  sendWhole(ctx, packed, { ...head, 'Content-Length': String(packed.length), 'content-encoding': 'gzip' });
}

/** Without the header there is nothing to weigh. */
function wantsGzip(ctx: Context): boolean {
  return ctx.req.headers['accept-encoding'] !== undefined && ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
}

/**
 * Head and body at once, past what Koa does with any body. Node writes a string together with its head, in one system
 * call; of bytes, in two pieces.
 */
function sendWhole(ctx: Context, body: string | Buffer, head: Readonly<Record<string, string>>): void {
  const { res } = ctx;
  ctx.respond = false;
  // The client went away, or the answer was begun already.
  if (!ctx.writable || res.headersSent) {
    res.end();
    return;
  }
  res.writeHead(res.statusCode, head);
  // Node leaves out the body of an answer to HEAD.
  res.end(body);
}
