import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** Files by name; `index.html` is the page itself. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/**
 * The console's files as `npm run build` made them, in memory: some hundred kilobytes. Nothing else of the directory can be
 * asked for, so no path has to be checked. None where it was not built, as in tests that run the sources.
 */
export function readConsoleFiles(directory: string): ConsoleFiles {
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  if (!names.includes('index.html') || !names.includes('manifest.json')) return new Map();
  return new Map(
    names.flatMap((name) => {
      const type = TYPES[extname(name)];
      return type === undefined ? [] : [[name, readFile(join(directory, name), type)] as const];
    }),
  );
}

function readFile(path: string, type: string): ConsoleFile {
  const bytes = readFileSync(path);
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  return { type, bytes, gzipped: gzipSync(bytes, { level: 9 }), etag };
}
