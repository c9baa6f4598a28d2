import { closeSync, openSync, readSync } from 'node:fs';
import { decodeErlangSource } from '../erlang-terms.js';

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The text of a configuration file of Erlang: UTF-8, or Latin-1 where a comment says so.
 * @throws Error when it cannot be read, is not in its encoding (ErlangSyntaxError), or is over 16 MiB
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
    return decodeErlangSource(Buffer.concat(pieces));
  } finally {
    closeSync(descriptor);
  }
}
