import { Busboy } from '@fastify/busboy';
import type { IncomingMessage } from 'node:http';
import { boundPausesOnly } from './body-time.js';
import { ApiError } from './errors.js';
import { refuseTooLarge, sendContinue, tooLarge } from './read-body.js';
import { StagedFile } from './staged-file.js';

/** A part of a form that has a file name. */
export interface FormFile {
  readonly field: string;
  /** The file name as sent, a path included. */
  readonly name: string;
  readonly type: string;
  readonly content: StagedFile;
}

export interface FormBounds {
  /** Bytes of the whole body. */
  readonly limit: number;
  /** Where files are kept until they are handed on. */
  readonly directory: string;
  /** Throws for a file name that is not wanted. */
  readonly checkName: (name: string) => void;
}

const MAX_FILES = 100;

/**
 * The files of a `multipart/form-data` body (RFC 7578), on disk; other parts are ignored. The caller closes them. Throws
 * 400 on a malformed form, 413 on one over `limit`, whatever `checkName` throws; then none is left.
 */
export async function readForm(
  request: IncomingMessage,
  { limit, directory, checkName }: FormBounds,
): Promise<readonly FormFile[]> {
  refuseTooLarge(request, limit);
  boundPausesOnly(request);
  const files: FormFile[] = [];
  try {
    await parse(request, limit, async (part) => {
      checkName(part.name);
      const content = await StagedFile.create(directory);
      files.push({ field: part.field, name: part.name, type: part.type, content });
      for await (const chunk of part.stream) await content.append(chunk as Uint8Array);
    });
    return files;
  } catch (error) {
    for (const { content } of files) await content.close();
    // The rest is read and discarded, so that the client sees the answer.
    request.unpipe();
    request.resume();
    throw error;
  }
}

interface Part {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly stream: NodeJS.ReadableStream;
}

function parse(request: IncomingMessage, limit: number, take: (part: Part) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const malformed = (cause: unknown) =>
      reject(
        cause instanceof ApiError
          ? cause
          : new ApiError('bad_request', { reason: 'the body is no well-formed multipart/form-data' }, { cause }),
      );
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({
        headers: { 'content-type': request.headers['content-type'] ?? '' },
        preservePath: true,
        limits: { files: MAX_FILES, parts: MAX_FILES, headerPairs: 20 },
        isPartAFile: (_field, _type, name) => name !== undefined,
      });
    } catch (error) {
      malformed(error);
      return;
    }
    const taken: Promise<void>[] = [];
    parser.on('file', (field, stream, name, _encoding, type) => {
      const work = take({ field, name, type, stream });
      taken.push(work);
      work.catch((error: unknown) => {
        stream.resume();
        malformed(error);
      });
    });
    parser.on('filesLimit', () => reject(new ApiError('bad_request', { reason: `more than ${MAX_FILES} files` })));
    parser.on('partsLimit', () => reject(new ApiError('bad_request', { reason: `more than ${MAX_FILES} parts` })));
    parser.on('error', malformed);
    parser.on('finish', () => {
      Promise.all(taken).then(() => resolve(), malformed);
    });
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) reject(tooLarge(request, limit));
    });
    // The client went away.
    request.once('error', () => reject(new ApiError('bad_request', { reason: 'the body ended early' })));
    sendContinue(request);
    request.pipe(parser);
  });
}
