import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from './errors.js';

/**
 * What a client sends, on disk until it is handed on. The file has a name of our own, and that only for a moment: it is
 * gone from the directory before anything is in it, so that nothing is left behind however the process ends. What the
 * disk refuses is 507.
 */
export class StagedFile {
  readonly #handle: FileHandle;
  #size = 0;
  #buffer = Buffer.alloc(0);

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Makes the directory too, for this user alone. */
  static async create(directory: string): Promise<StagedFile> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, randomUUID());
      const handle = await open(path, 'wx+', 0o600);
      await unlink(path);
      return new StagedFile(handle);
    } catch (error) {
      throw notKept(error);
    }
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, this.#size);
      at += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  /** `length` bytes from `offset` on, all of them. They are valid until the next read: one buffer serves all. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length);
    const bytes = this.#buffer.subarray(0, length);
    for (let at = 0; at < length;) {
      const { bytesRead } = await this.#handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) throw new Error(`a staged file ends after ${offset + at} of ${this.#size} bytes`);
      at += bytesRead;
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function notKept(error: unknown): ApiError {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return new ApiError('upload_not_kept', { reason: code }, { cause: error });
}
