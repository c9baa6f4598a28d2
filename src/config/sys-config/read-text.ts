import { closeSync, openSync, readSync } from 'node:fs';

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The text of a configuration file of Erlang.
 * @throws Error when it cannot be read, is not UTF-8, or is over 16 MiB
 */
export function readText(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    let total = 0;
    for (;;) {
      const piece = Buffer.alloc(65536);
      const length = readSync(descriptor, piece);
      if (length === 0) break;
      total += length;
      if (total > MOST_BYTES) throw new Error(`it is over ${MOST_BYTES} bytes`);
      pieces.push(piece.subarray(0, length));
    }
    return decoded(Buffer.concat(pieces));
  } finally {
    closeSync(descriptor);
  }
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it holds bytes that are not UTF-8', { cause: error });
  }
}
