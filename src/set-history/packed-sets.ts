import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { HistoryFault } from './history-fault.js';
import type { Contents } from './set-changes.js';

const deflate = promisify<string, { readonly level: number }, Buffer>(deflateRaw);
const inflate = promisify<Buffer, { readonly maxOutputLength: number }, Buffer>(inflateRaw);

const LEVEL = { level: 3 } as const;
const MOST_BYTES = { maxOutputLength: 128 << 20 } as const;

/** All sets as lines: a name, then its addresses, with blanks between (names and addresses have none). */
export function* linesOf(contents: Contents): Generator<void, string> {
  const lines: string[] = [];
  for (const [name, addresses] of contents) {
    lines.push(addresses.length === 0 ? name : `${name} ${addresses.join(' ')}`);
    yield;
  }
  return lines.join('\n');
}

/** The opposite of `linesOf`. */
export function* contentsIn(text: string): Generator<void, Contents> {
  const contents = new Map<string, readonly string[]>();
  if (text === '') return contents;
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf('\n', from);
    const [name, ...addresses] = text.slice(from, end === -1 ? text.length : end).split(' ');
    if (name === undefined || name === '') throw new HistoryFault('a line of packed sets has no name');
    contents.set(name, addresses);
    yield;
    if (end === -1) break;
    from = end + 1;
  }
  return contents;
}

/** The UTF-8 bytes of lines, raw deflate (RFC 1951), in base64; another thread compresses. */
export async function pack(lines: string): Promise<string> {
  return (await deflate(lines, LEVEL)).toString('base64');
}

/** The opposite of `pack`. @throws HistoryFault */
export async function unpack(packed: string): Promise<string> {
  try {
    return (await inflate(Buffer.from(packed, 'base64'), MOST_BYTES)).toString();
  } catch (error) {
    throw new HistoryFault(`packed sets cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
}
