import { createReadStream } from 'node:fs';
import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

export interface BoundedFileOptions {
  readonly path: string;
  /** Most lines in a file; the next one begins a new file. */
  readonly maxLines: number;
  /** Milliseconds; a file whose first line is older is set aside, one whose last line is older is removed. */
  readonly maxAgeMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What every line of such a file says beside its own fields: when it happened. */
export interface BoundedFileLine {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a file holds. */
interface Extent {
  readonly lines: number;
  /** Epoch milliseconds of the first line and the last; -Infinity when unknown, so that the file is removed soon. */
  readonly first: number;
  readonly last: number;
}

const EMPTY: Extent = { lines: 0, first: Infinity, last: Infinity };

/**
 * Lines of JSON that are kept for people to look at, in a file that is bounded by count and by age, over restarts too:
 * a full or an old file becomes `.old`, and the one that was `.old` is gone. Only its owner may read it (0600; its
 * directory, where that is made, 0700). Steps run one after the other, in the order of the calls.
 */
export class BoundedFile<Line extends BoundedFileLine> {
  readonly #options: BoundedFileOptions;
  /** Of the file; undefined until it was looked at. */
  #extent: Extent | undefined = undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: BoundedFileOptions) {
    this.#options = options;
  }

  /** @throws Error of node:fs when the line could not be written: it is lost, and later ones are tried all the same. */
  append(line: Line): Promise<void> {
    return this.#inTurn(async () => {
      const { lines, first } = await this.#makeRoom();
      await appendFile(this.#options.path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
      this.#extent = { lines: lines + 1, first: Math.min(first, line.at), last: line.at };
    });
  }

  /** Lets go of what is too old, also when no new line comes. @throws Error of node:fs */
  tidy(): Promise<void> {
    return this.#inTurn(async () => void (await this.#makeRoom()));
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => undefined); // the caller gets the error
    return done;
  }

  /** What is in the file, lines of an earlier run too, once a full or old one is set aside. */
  async #makeRoom(): Promise<Extent> {
    const { path, maxLines } = this.#options;
    if (this.#extent === undefined) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      this.#extent = await extentOf(path);
      const old = await extentOf(`${path}.old`);
      if (old.lines > 0 && this.#isOld(old.last)) await rm(`${path}.old`, { force: true });
    }
    const { lines, first, last } = this.#extent;
    if (lines < maxLines && !this.#isOld(first)) return this.#extent;
    await rename(path, `${path}.old`);
    if (this.#isOld(last)) await rm(`${path}.old`, { force: true });
    this.#extent = EMPTY;
    return EMPTY;
  }

  #isOld(at: number): boolean {
    return at < this.#options.now() - this.#options.maxAgeMs;
  }
}

async function extentOf(path: string): Promise<Extent> {
  let extent = EMPTY;
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const at = timeOf(line);
      extent = { lines: extent.lines + 1, first: extent.lines === 0 ? at : extent.first, last: at };
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return extent;
}

/** A line torn by a crash has no time. */
function timeOf(line: string): number {
  try {
    const { at } = JSON.parse(line) as { readonly at?: unknown };
    return typeof at === 'number' ? at : -Infinity;
  } catch {
    return -Infinity;
  }
}
