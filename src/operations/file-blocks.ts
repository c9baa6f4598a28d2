/** A file that is to be sent, read a block at a time. */
export interface FileSource {
  /** In bytes. */
  readonly size: number;
  /** `length` bytes from `offset` on, all of them. They may be overwritten by the next read. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A file that a host hands over: its size in bytes, and its bytes in pieces as they come. */
export interface FetchedFile {
  readonly size: number;
  /** Throws where the rest can't be had. Read once. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** How a file on a host stood when it was looked at: size in bytes, time of change (epoch seconds), inode. */
export interface FileStand {
  readonly size: number;
  readonly changed: string;
}

/** A word of a shell's command line that stands for exactly this text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Asks a host's shell how a file stands. Agents hand a file over in one message; one that is larger than a message may be
 * is asked for in blocks, by commands that every host has (coreutils). `path` is absolute.
 */
export function standCommand(path: string): string {
  return `LC_ALL=C stat -L -c '%s %Y.%i %F' -- ${quoted(path)} 2>/dev/null`;
}

/** Reads the answer; undefined: it is none, or the path is no plain file. */
export function readStand(output: string): FileStand | undefined {
  const match = /^(\d{1,15}) (\d+\.\d+) regular (?:empty )?file$/.exec(output.trim());
  return match === null ? undefined : { size: Number(match[1]), changed: match[2] as string };
}

/** Asks for the block with this index, from 0, in base64. Prints nothing where the file can't be read. */
export function blockCommand(path: string, blockBytes: number, index: number): string {
  return `dd if=${quoted(path)} bs=${blockBytes} skip=${index} count=1 iflag=fullblock 2>/dev/null | base64 -w0`;
}

/** Reads a block; undefined: it is not `length` bytes of base64. */
export function readBlock(output: string, length: number): Uint8Array | undefined {
  const text = output.trim();
  if (text.length !== Math.ceil(length / 3) * 4) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length ? bytes : undefined;
}
