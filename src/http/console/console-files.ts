import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** One file of the console, as it is sent. What is made of its bytes is made when a browser first asks for it, not at the start. */
export class ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  #gzipped: Buffer | undefined;
  #etag: string | undefined;

  constructor(type: string, bytes: Buffer) {
    this.type = type;
    this.bytes = bytes;
  }

  get gzipped(): Buffer {
    return (this.#gzipped ??= gzipSync(this.bytes, { level: 9 }));
  }

  get etag(): string {
    return (this.#etag ??= `"${createHash('sha256').update(this.bytes).digest('hex').slice(0, 32)}"`);
  }
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
 * The console's files as `npm run build` made them, in memory, some hundred kilobytes: an upgrade takes them away while the
 * program still runs. Nothing else of the directory can be asked for, so no path has to be checked. None where it was not built,
 * as in tests that run the sources.
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
      return type === undefined ? [] : [[name, new ConsoleFile(type, readFileSync(join(directory, name)))] as const];
    }),
  );
}
