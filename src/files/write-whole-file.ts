import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file that only its owner may read (mode 0600). It is there with all of `text`, or as it was before, whatever
 * happens: `text` is written and synced under another name beside it first
 * (docs/decisions/0042-files-written-whole-by-our-own.md). `over: false`: a file that is there already,
 * even since a moment ago, is left alone.
 * @throws Error with `code`, as of node:fs: EEXIST where `over` is false and the file is there, ENOSPC, EACCES, …
 */
export async function writeWholeFile(file: string, text: string, { over }: { readonly over: boolean }): Promise<void> {
  const aside = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      // Continues after a short write, the first sign of a full disk.
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (over) await rename(aside, file);
    // link() fails if the name exists by now, whichever process made it.
    else await link(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
}
