import type { CommandResult, HostFiles } from './agent-commands.js';

const STAND = /^LC_ALL=C stat -L -c '%s %Y\.%i %F' -- '(.*)' 2>\/dev\/null$/s;
const BLOCK = /^dd if='(.*)' bs=(\d+) skip=(\d+) count=1 iflag=fullblock 2>\/dev\/null \| base64 -w0$/s;

/** What a host's shell prints for the commands that files are fetched in blocks by; undefined: it is none of them. */
export function runFileCommand(line: string, files: HostFiles): CommandResult | undefined {
  const stand = STAND.exec(line);
  if (stand !== null) {
    const file = files.get(unquoted(stand[1] as string));
    if (file === undefined) return { exitCode: 1, stdout: '', stderr: '' };
    const kind = file.length === 0 ? 'regular empty file' : 'regular file';
    return { exitCode: 0, stdout: `${file.length} 1.1 ${kind}\n`, stderr: '' };
  }
  const block = BLOCK.exec(line);
  if (block === null) return undefined;
  const [size, index] = [Number(block[2]), Number(block[3])];
  const part = files.get(unquoted(block[1] as string))?.subarray(index * size, (index + 1) * size);
  return { exitCode: 0, stdout: part?.toString('base64') ?? '', stderr: '' };
}

function unquoted(text: string): string {
  return text.replaceAll("'\\''", "'");
}
