import { readFile } from 'node:fs/promises';
import { decodeTerm } from '../wire/decode.js';
import { LARGE_LIMITS } from '../wire/decode-limits.js';
import { annotate } from '../wire/json.js';
import { TermError } from '../wire/term-error.js';

/** Where a command prints: the part of a stream that it uses. */
export interface TextSink {
  write(text: string): unknown;
}

/**
 * `dog-trainer decode FILE`: prints an external term as annotated JSON (see `annotate`).
 * Resolves with the exit code: 0, or 1 with the reason on `err` (a malformed term: byte offset, found, allowed).
 */
export async function decodeCommand(file: string, out: TextSink, err: TextSink): Promise<number> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    err.write(`dog-trainer decode: can't read ${file}: ${(error as Error).message}\n`);
    return 1;
  }
  try {
    out.write(`${JSON.stringify(annotate(decodeTerm(bytes, LARGE_LIMITS)), null, 2)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof TermError)) throw error;
    err.write(`dog-trainer decode: ${file} is no external term: ${error.message}\n`);
    return 1;
  }
}
