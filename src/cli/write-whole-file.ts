import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/**
 * Writes a file that only its owner may read (mode 0600), whole or not at all: under another name first, beside it.
 * @throws Error with code EEXIST when it is there already and `over` is not set
 */
export function writeWholeFile(file: string, text: string, { over }: { readonly over: boolean }): void {
  const aside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const descriptor = openSync(aside, 'wx', 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (over) renameSync(aside, file);
    // A link fails when the name is taken, whoever took it and however late.
    else linkSync(aside, file);
  } finally {
    if (existsSync(aside)) rmSync(aside);
  }
}
