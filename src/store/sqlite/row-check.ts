import { crc32 } from 'node:zlib';

/**
 * The check sum of a stored document. SQLite's pages carry none, so a flipped byte inside an address would be read
 * back as policy. It covers the row number too: a row that turns up in another's place does not match.
 */
export function rowCheck(ord: number, table: string, id: string, revision: number, text: string): number {
  return crc32(text, crc32(`${ord}\0${table}\0${id}\0${revision}\0`));
}

/** The check sum of a row of the change table. */
export function changeCheck(seq: number, table: string, id: string, kind: string, undo: string): number {
  return crc32(undo, crc32(`${seq}\0${table}\0${id}\0${kind}\0`));
}
