import type { FileHandle } from 'node:fs/promises';

const WINDOW_BYTES = 1 << 20;

/** Reads small pieces of a file, mostly one after another, with few system calls. */
export class WindowedFile {
  readonly #handle: FileHandle;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Bytes of the caller's own; fewer than asked for at the end of the file. */
  async read(offset: number, length: number): Promise<Buffer> {
    if (length > WINDOW_BYTES) return this.#fill(offset, length);
    if (offset < this.#start || offset + length > this.#start + this.#window.length) {
      this.#window = await this.#fill(offset, WINDOW_BYTES);
      this.#start = offset;
    }
    // A copy: a body that is kept must not keep the window.
    return Buffer.from(this.#window.subarray(offset - this.#start, offset - this.#start + length));
  }

  async #fill(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    let read = 0;
    while (read < length) {
      const { bytesRead } = await this.#handle.read(buffer, read, length - read, offset + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return buffer.subarray(0, read);
  }
}
