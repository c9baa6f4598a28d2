import { blockCommand, readBlock, readStand, standCommand, type FetchedFile, type FileStand } from './file-blocks.js';
import { CommandError } from './operations.js';

/** Runs a command on the host and gives what it printed; undefined: it failed. Rejects with `CommandError`. */
export type RunOnHost = (command: string) => Promise<string | undefined>;

/** How the file stands; undefined: the host does not say, or it is no plain file. */
export async function lookAtFile(run: RunOnHost, path: string): Promise<FileStand | undefined> {
  const output = await run(standCommand(path));
  return output === undefined ? undefined : readStand(output);
}

/**
 * A file that is too large for one message, asked for a block at a time. Undefined where not even the first block can be
 * read: commands run as another user than the agent's own reading of files.
 */
export async function fetchInBlocks(
  run: RunOnHost,
  path: string,
  stand: FileStand,
  blockBytes: number,
): Promise<FetchedFile | undefined> {
  const read = async (index: number): Promise<Uint8Array | undefined> => {
    const output = await run(blockCommand(path, blockBytes, index));
    return output === undefined ? undefined : readBlock(output, Math.min(blockBytes, stand.size - index * blockBytes));
  };
  const first = await read(0);
  if (first === undefined) return undefined;
  const blocks = Math.ceil(stand.size / blockBytes);
  return { size: stand.size, pieces: pieces() };

  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < blocks; index += 1) {
      const block = index === 0 ? first : await read(index);
      if (block === undefined) throw new CommandError('unavailable', `block ${index + 1} of ${blocks} can't be read`);
      // The last block is held until it is sure that all are of the same file.
      if (index === blocks - 1) {
        const now = await lookAtFile(run, path);
        if (now?.size !== stand.size || now.changed !== stand.changed)
          throw new CommandError('unavailable', 'the file was changed while it was read');
      }
      yield block;
    }
  }
}
