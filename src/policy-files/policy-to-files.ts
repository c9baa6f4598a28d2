import type { Document, JsonObject } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { withoutDefaults } from './defaults.js';
import { FileNames } from './file-names.js';
import {
  folderOf,
  type Kind,
  KINDS,
  type PolicyDocuments,
  type PolicyFileDocument,
  REFERENCES,
  writtenByServer,
} from './kinds.js';
import { mapRuleReferences } from './map-references.js';
import { escapeOwn } from './own-fields.js';
import { endsByName, type NameBooks, nameBooks } from './name-books.js';
import { headFile } from './policy-head.js';

/**
 * All policy as files, by name rather than by id (docs/policy-files.md#what-is-in-a-file), in an order that does not
 * depend on the store's. Reading them against the same store gives the same documents.
 */
export function policyToFiles(
  documents: PolicyDocuments,
  dialect: 'dog1' | 'dog2' | undefined,
): readonly PolicyFileDocument[] {
  const books = nameBooks(documents);
  return [
    headFile(dialect),
    ...KINDS.flatMap((kind) => {
      const names = new FileNames();
      return [...documents[kind]].sort(byNameThenId).map((doc) => ({
        path: `${folderOf(kind)}/${names.take(textOf(doc['name']), doc.id)}.yaml`,
        document: documentToFile(kind, doc, books),
      }));
    }),
  ];
}

function byNameThenId(a: Document, b: Document): number {
  const [left, right] = [textOf(a['name']), textOf(b['name'])];
  if (left !== right) return left < right ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/** One document as its file has it. */
export function documentToFile(kind: Kind, doc: Document, books: NameBooks): JsonObject {
  const own = writtenByServer(kind);
  const plain = books[kind].isPlain(doc['name']);
  let file: JsonObject = Object.fromEntries(
    Object.entries(withoutDefaults(kind, doc)).filter(([key]) => !own.has(key) && !(key === 'id' && plain)),
  );
  if (kind === 'ruleset') file = mapRuleReferences(file, (of, id) => books[of].referenceTo(id));
  if (kind === 'assertion') file = endsByName(file, books);
  const reference = REFERENCES[kind];
  if (reference === undefined) return file;
  const { field, called, kind: of } = reference;
  file = escapeOwn(file, called);
  const id = doc[field];
  if (typeof id !== 'string') return file;
  const { [field]: _, ...rest } = file;
  const repeated = kind === 'group' && rest['profile_name'] === books.profile.nameOf(id);
  const { profile_name: __, ...shorter } = rest;
  return { ...(repeated ? shorter : rest), [called]: books[of].referenceTo(id) };
}
