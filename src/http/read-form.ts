import { setImmediate } from 'node:timers/promises';
import { Busboy } from '@fastify/busboy';
import { ApiError } from './errors.js';

/** A part of a form that has a file name. */
export interface FormFile {
  readonly field: string;
  /** The file name as sent, a path included. */
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array;
}

const MAX_FILES = 100;

/** The files of a `multipart/form-data` body (RFC 7578); other parts are ignored. Throws 400 on a malformed one. */
export function readForm(contentType: string, body: Uint8Array): Promise<readonly FormFile[]> {
  return new Promise((resolve, reject) => {
    const malformed = (cause: unknown) =>
      reject(new ApiError('bad_request', { reason: 'the body is no well-formed multipart/form-data' }, { cause }));
    const files: FormFile[] = [];
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({
        headers: { 'content-type': contentType },
        preservePath: true,
        limits: { files: MAX_FILES, parts: MAX_FILES, headerPairs: 20 },
        isPartAFile: (_field, _type, name) => name !== undefined,
      });
    } catch (error) {
      malformed(error);
      return;
    }
    parser.on('file', (field, stream, name, _encoding, type) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', malformed);
      stream.on('end', () => files.push({ field, name, type, content: Buffer.concat(chunks) }));
    });
    parser.on('filesLimit', () => reject(new ApiError('bad_request', { reason: `more than ${MAX_FILES} files` })));
    parser.on('partsLimit', () => reject(new ApiError('bad_request', { reason: `more than ${MAX_FILES} parts` })));
    parser.on('error', malformed);
    parser.on('finish', () => resolve(files));
    feed(parser, body).catch(malformed);
  });
}

/** Bytes parsed between two pauses. */
const BYTES_A_STEP = 256 * 1024;

async function feed(parser: InstanceType<typeof Busboy>, body: Uint8Array): Promise<void> {
  for (let at = 0; at < body.length; at += BYTES_A_STEP) {
    parser.write(body.subarray(at, at + BYTES_A_STEP));
    await setImmediate();
  }
  parser.end();
}
