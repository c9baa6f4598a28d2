import { sortByBytes } from '../hash/byte-order.js';
import { sha256 } from '../hash/sha256.js';
import { trimTrailingBlanks } from '../hash/trim-trailing-blanks.js';

/**
 * What is left of `add` lines that are already in order: the `n` of a work copy's name, `/32` and `/128` go away,
 * wherever in the line they stand, then trailing blanks. Nothing here can reach across a line feed, so the whole
 * text is done at once. The three replacements are one after the other: the first can make work for the next.
 */
function reduceAddLines(sortedLines: readonly string[]): string {
  const reduced = sortedLines.join('\n').replaceAll('n ', ' ').replaceAll('/32', '').replaceAll('/128', '');
  if (!reduced.includes(' \n') && !reduced.endsWith(' ')) return reduced;
  return reduced.split('\n').map(trimTrailingBlanks).join('\n');
}

/** The `add` lines of an ipset text, in the order they stand in. */
function addLines(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('add '));
}

/**
 * The part of an ipset text that its hash looks at: its `add` lines, sorted by bytes FIRST, then without the `n` of the
 * work copies' names, `/32` and `/128`. Takes what we render as well as what `ipset save` prints; because of the order
 * of the two steps the results can differ though the sets are equal (docs/protocol.md#sorting-comes-before-shortening),
 * which `assembleSets` answers. Source: docs/protocol.md#sets-before-hashing; agents do the
 * same.
 */
export function normalizeSets(text: string): string {
  return reduceAddLines(sortByBytes(addLines(text)));
}

/** The hash of an ipset text: {@link normalizeSets}, then SHA-256. This is what an agent computes from `ipset save`. */
export function setsHash(text: string): string {
  return sha256(normalizeSets(text));
}
