import { crc32 } from 'node:zlib';

/** Characters that are summed up at once: a long text as a whole would be copied to memory that is new each time. */
const AT_ONCE = 1 << 15;

/** `crc32(text, sum)`. */
function sumOf(text: string, sum: number): number {
  let soFar = sum;
  for (let at = 0; at < text.length;) {
    let end = at + AT_ONCE;
    if (isPair(text, end - 1)) end += 1;
    soFar = crc32(text.slice(at, end), soFar);
    at = end;
  }
  return soFar;
}

/** Whether a character of two halves stands there: they are not parted. Half of one alone is a character. */
function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

/**
 * The check sum of a stored document. SQLite's pages carry none, so a flipped byte inside an address would be read
 * back as policy. It covers the row number too: a row that turns up in another's place does not match.
 */
export function rowCheck(ord: number, table: string, id: string, revision: number, text: string): number {
  return sumOf(text, crc32(`${ord}\0${table}\0${id}\0${revision}\0`));
}

/** The check sum of a row of the change table. */
export function changeCheck(seq: number, table: string, id: string, kind: string, undo: string): number {
  return sumOf(undo, crc32(`${seq}\0${table}\0${id}\0${kind}\0`));
}
