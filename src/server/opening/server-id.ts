import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../../files/write-whole-file.js';
import type { Log } from '../../log/log.js';

/** The file's name in the data directory. */
export const SERVER_ID_NAME = 'server_id';

/**
 * A random id that stays with the data directory, and so with the journal in it: file `server_id`, made when missing.
 * One that cannot be read as an id is replaced; the journal then counts as another server's.
 * @throws Error when the directory cannot be used
 */
export async function serverId(dataDir: string, log: Log): Promise<string> {
  const path = join(dataDir, SERVER_ID_NAME);
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const id = found?.trim();
  if (id !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  if (found !== undefined) log.warn({ path }, 'server_id must hold one UUID; a new one is made');
  const made = randomUUID();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeWholeFile(path, `${made}\n`, { over: true });
  return made;
}
