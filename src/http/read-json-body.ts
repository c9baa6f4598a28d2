import { isAscii } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { TextDecoder } from 'node:util';
import type { Json } from '../model/document.js';
import { markOwned } from '../store/owned-json.js';
import { Slices } from '../world/slices.js';
import type { ApiConfig } from './http-config.js';
import { ApiError } from './errors.js';
import type { JsonBounds } from './json/json-bounds.js';
import { JsonSyntaxError } from './json/json-syntax-error.js';
import { JsonTooLargeError } from './json/json-too-large-error.js';
import { latelyKnown, rememberLately } from './json/lately-known.js';
import { readJsonInSteps } from './json/lenient-json.js';
import { readJson } from './json/read-json.js';
import { readNearJson } from './json/read-near-json.js';
import { readPlainJson } from './json/read-plain-json.js';
import { readBytes } from './read-body.js';

/** Bodies of more bytes are read in slices, so that other requests are answered meanwhile. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** Bytes that are decoded between two pauses. */
const BYTES_A_STEP = 1024 * 1024;

/** Reads large bodies one at a time; small ones don't wait for them. */
const bodySlices = new Slices();

/** The keys that bound JSON bodies. */
export type BodyLimits = Pick<
  ApiConfig,
  'max_body_depth' | 'max_body_values' | 'max_object_members' | 'max_body_characters'
>;

/** The settings for JSON bodies. */
export function bodyBounds(api: BodyLimits): JsonBounds {
  return {
    depth: api.max_body_depth,
    values: api.max_body_values,
    members: api.max_object_members,
    characters: api.max_body_characters,
  };
}

/**
 * Reads and parses a JSON body. `id`: that of the document that it may be about, so that of a large one only what differs is read.
 * Throws 400 with where it is wrong, or 413 with the bound that it is over.
 */
export async function readJsonBody(
  request: IncomingMessage,
  limit: number,
  bounds: JsonBounds,
  id?: string,
): Promise<Json> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError('unsupported_media_type', { wanted: 'sent without a content-encoding' });
  }
  const bytes = await readBytes(request, limit);
  try {
    if (bytes.length <= SMALL_BODY_BYTES) return readJson(textOf(bytes), bounds);
    return await bodySlices.run(readLargeBody(bytes, bounds, id));
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof JsonSyntaxError) return new ApiError('bad_json', { reason: error.message }, { cause: error });
  if (error instanceof JsonTooLargeError) {
    const { bound, limit, what, key } = error;
    // No real document is this deep, so it is answered as bad JSON.
    if (bound === 'depth') return new ApiError('bad_json', { reason: error.message }, { cause: error });
    return new ApiError('too_complex', { limit, what, key }, { cause: error });
  }
  if (error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new ApiError('bad_json', { reason: 'it is not UTF-8' }, { cause: error });
  }
  return error;
}

function decoder(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

/** The text of the bytes; ASCII, as most bodies are, without a decoder of its own. */
function textOf(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : decoder().decode(bytes);
}

/** The text of the bytes, with pauses; ASCII, as address lists are, at once: it need not be put together. */
function* decoded(bytes: Buffer): Generator<void, string> {
  if (isAscii(bytes)) return bytes.toString('latin1');
  const utf8 = decoder();
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_STEP) {
    parts.push(utf8.decode(bytes.subarray(at, at + BYTES_A_STEP), { stream: true }));
    yield;
  }
  parts.push(utf8.decode());
  return parts.join('');
}

/** Marks the lists and objects of a large body as not shared with anything: a store then keeps them without copying. */
function* readLargeBody(bytes: Buffer, bounds: JsonBounds, id: string | undefined): Generator<void, Json> {
  const known = latelyKnown(id);
  const near = known && (yield* readNearJson(bytes, known, bounds, markOwned));
  if (near !== undefined) {
    rememberLately(id, near);
    return near;
  }
  const text = yield* decoded(bytes);
  return readPlainJson(text, bounds, markOwned) ?? (yield* readJsonInSteps(text, bounds, markOwned));
}
