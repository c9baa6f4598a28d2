import { closeSync, fchmodSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes copied in one go. */
const PIECE = 1 << 20;

/**
 * Copies a file so that only its owner can ever read the copy. Node's own copy gives it the mode of the
 * original. `from`: its path, or the descriptor of an opened one, which stays open and is read from its beginning.
 * @throws what the operating system says
 */
export function copyPrivately(from: string | number, to: string): void {
  const source = typeof from === 'number' ? from : openSync(from, 'r');
  try {
    const target = openSync(to, 'w', 0o600);
    try {
      fchmodSync(target, 0o600);
      const piece = Buffer.alloc(PIECE);
      for (let at = 0; ;) {
        const bytes = readSync(source, piece, 0, PIECE, at);
        if (bytes === 0) break;
        at += bytes;
        for (let done = 0; done < bytes;) done += writeSync(target, piece, done, bytes - done);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    if (typeof from === 'string') closeSync(source);
  }
}
