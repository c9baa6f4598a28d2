import { closeSync, fchmodSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes copied in one go. */
const PIECE = 1 << 20;

/**
 * Copies a file so that only its owner can ever read the copy. Node's own copy gives it the mode of the
 * original.
 * @throws what the operating system says
 */
export function copyPrivately(from: string, to: string): void {
  const source = openSync(from, 'r');
  try {
    const target = openSync(to, 'w', 0o600);
    try {
      fchmodSync(target, 0o600);
      const piece = Buffer.alloc(PIECE);
      for (;;) {
        const bytes = readSync(source, piece, 0, PIECE, null);
        if (bytes === 0) break;
        for (let done = 0; done < bytes;) done += writeSync(target, piece, done, bytes - done);
      }
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}
