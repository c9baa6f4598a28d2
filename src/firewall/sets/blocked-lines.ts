import { sharedEnds } from '../../model/shared-ends.js';

/** Some lines of a set as UTF-8 bytes. Never changed in place: who holds the same block has the same lines. */
export interface LineBlock {
  /** How many elements of the list it is made from. */
  readonly size: number;
  readonly bytes: Buffer;
}

/** A list, and the lines made from it. */
export interface BlockedLines {
  readonly list: readonly string[];
  readonly blocks: readonly LineBlock[];
}

/** Elements of a block, from this to twice as many where a list is spelled as a whole. */
const SIZE = 512;

/** A remade stretch of fewer takes a neighbour in, so that edits leave no crumbs. */
const FEW = SIZE / 4;

/** How many blocks, from the first on, are made from the first `count` elements and no others. */
function blocksWithin(blocks: readonly LineBlock[], count: number): { readonly blocks: number; readonly size: number } {
  let [at, size] = [0, 0];
  for (let block = blocks[0]; block !== undefined && size + block.size <= count; block = blocks[at]) {
    size += block.size;
    at += 1;
  }
  return { blocks: at, size };
}

function* blocksOf(
  list: readonly string[],
  spell: (elements: readonly string[]) => string,
): Generator<void, readonly LineBlock[]> {
  const count = Math.max(1, Math.floor(list.length / SIZE));
  const blocks: LineBlock[] = [];
  for (let n = 0; n < count && list.length > 0; n += 1) {
    const elements = list.slice(Math.floor((n * list.length) / count), Math.floor(((n + 1) * list.length) / count));
    blocks.push({ size: elements.length, bytes: Buffer.from(spell(elements)) });
    if (count > 1) yield;
  }
  return blocks;
}

/**
 * The lines of a list, with pauses: `spell` gives those of some of its elements, which must not rest on the others.
 * Blocks of `before` that stand for the begin or the end that both lists share are taken over; `before` must have been
 * made with a `spell` that does the same.
 */
export function* blockedLines(
  list: readonly string[],
  spell: (elements: readonly string[]) => string,
  before: BlockedLines = { list: [], blocks: [] },
): Generator<void, BlockedLines> {
  if (before.list === list) return before;
  const { head, tail } = sharedEnds(before.list, list);
  const first = blocksWithin(before.blocks, head);
  const last = blocksWithin([...before.blocks].reverse(), tail);
  const begin = before.blocks.slice(0, first.blocks);
  const end = before.blocks.slice(before.blocks.length - last.blocks);
  let [from, until] = [first.size, list.length - last.size];
  if (until - from < FEW) {
    const [next, former] = [end.shift(), begin.at(-1)];
    if (next !== undefined) until += next.size;
    else if (former !== undefined) from -= begin.pop()?.size ?? 0;
  }
  return { list, blocks: [...begin, ...(yield* blocksOf(list.slice(from, until), spell)), ...end] };
}
