import type { JsonObject } from '../model/document.js';
import { KINDS, type Kind, type PolicyDocuments } from './kinds.js';
import { NameBook } from './name-book.js';

export type NameBooks = Readonly<Record<Kind, NameBook>>;

export function nameBooks(documents: PolicyDocuments): NameBooks {
  return Object.fromEntries(KINDS.map((kind) => [kind, new NameBook(kind, documents[kind])])) as unknown as NameBooks;
}

/** An end of an assertion as files have it: `group:ID` and `zone:ID` by name; all else as it is. */
export function endByName(end: string, books: NameBooks): string {
  const [, kind, id] = /^(group|zone):(.+)$/s.exec(end) ?? [];
  if (id === undefined) return end;
  const book = books[kind as 'group' | 'zone'];
  if (book.isBuiltin(id) || book.idsOf(id).length > 0) return end;
  const name = book.nameOf(id);
  return name === undefined ? end : `${kind}:${name}`;
}

export const ENDS = ['from', 'to'] as const;

/** An assertion with its ends as files have them. */
export function endsByName(doc: JsonObject, books: NameBooks): JsonObject {
  const ends = ENDS.flatMap((field) => {
    const end = doc[field];
    return typeof end === 'string' ? [[field, endByName(end, books)] as const] : [];
  });
  return { ...doc, ...Object.fromEntries(ends) };
}
