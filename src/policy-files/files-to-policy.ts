import type { Document, Json, JsonObject } from '../model/document.js';
import { isObject } from '../model/validate.js';
import { withDefaultsOf } from './defaults.js';
import { identify, type IdentifiedFile } from './identify.js';
import { type Kind, kindOfFolder, KINDS, type PolicyDocuments, REFERENCES, writtenByServer, FOLDERS } from './kinds.js';
import { mapRuleReferences } from './map-references.js';
import { endByName, ENDS, type NameBooks, nameBooks } from './name-books.js';
import { unescapeOwn } from './own-fields.js';
import { PolicyFilesError, type PolicyProblem } from './policy-problem.js';
import { HEAD, headProblems } from './policy-head.js';
import { misspeltKeys } from './misspelt-keys.js';

/** A file as it was sent: nothing of it is known yet. */
export interface SentFile {
  readonly path: string;
  readonly document: Json;
}

/** What files say, as documents to store. */
export interface ReadPolicy {
  readonly documents: PolicyDocuments;
  /** The file of each document, by kind and id. */
  readonly fileOf: (kind: Kind, id: string) => string | undefined;
}

/** What there is to read files against. */
export interface PolicyThere {
  readonly documents: PolicyDocuments;
  readonly dialect: 'dog1' | 'dog2';
  /** What no file holds goes, so that nothing may refer to it. */
  readonly replace: boolean;
}

type File = { readonly path: string; readonly document: JsonObject };

/**
 * Reads the files of a directory of policy against what is there: a document that is there keeps its id and what the
 * server wrote into it, names become ids. All of it, or the problems of all files. Yields between documents.
 * @throws PolicyFilesError
 */
export function* policyOfFiles(files: readonly SentFile[], there: PolicyThere): Generator<void, ReadPolicy> {
  const problems: PolicyProblem[] = [...headProblems(files, there.dialect)];
  const byKind = sortByKind(files, problems);
  const identified = KINDS.map((kind) => ({ kind, ...identify(kind, byKind[kind], there.documents[kind]) }));
  problems.push(...identified.flatMap((one) => one.problems));
  const before = nameBooks(there.documents);
  yield;
  const after = nameBooks(finalNames(identified, there));
  yield;
  const documents: Record<Kind, Document[]> = emptyByKind();
  for (const { kind, files: known } of identified) {
    for (const file of known) {
      documents[kind].push(documentOf(kind, file, { before, after, problems }));
      yield;
    }
  }
  if (problems.length > 0) throw new PolicyFilesError(problems);
  const paths = new Map(
    identified.flatMap(({ kind, files: known }) => known.map(({ id, path }) => [`${kind} ${id}`, path] as const)),
  );
  return { documents, fileOf: (kind, id) => paths.get(`${kind} ${id}`) };
}

function emptyByKind<T>(): Record<Kind, T[]> {
  return Object.fromEntries(KINDS.map((kind) => [kind, []])) as unknown as Record<Kind, T[]>;
}

function sortByKind(files: readonly SentFile[], problems: PolicyProblem[]): Readonly<Record<Kind, readonly File[]>> {
  const byKind: Record<Kind, File[]> = emptyByKind();
  const seen = new Set<string>();
  for (const { path, document } of files) {
    const refuse = (reason: string): void => void problems.push({ file: path, path: [], reason });
    if (seen.has(path)) refuse('is there twice');
    seen.add(path);
    if (path === HEAD) continue;
    const kind = kindOfFolder(path.slice(0, Math.max(0, path.indexOf('/'))));
    if (kind === undefined || !path.endsWith('.yaml'))
      refuse(`must be ${HEAD}, or a .yaml file in one of ${Object.keys(FOLDERS).join(', ')}`);
    else if (!isObject(document)) refuse(`must be a map: the fields of one ${kind}`);
    else byKind[kind].push({ path, document });
  }
  return byKind;
}

/** What will be there, as far as names go. */
function finalNames(
  identified: readonly { readonly kind: Kind; readonly files: readonly IdentifiedFile[] }[],
  { documents, replace }: PolicyThere,
): PolicyDocuments {
  return Object.fromEntries(
    identified.map(({ kind, files }) => {
      const read = new Set(files.map(({ id }) => id));
      const staying = replace ? [] : documents[kind].filter(({ id }) => !read.has(id));
      return [kind, [...staying, ...files.map(({ id, document }) => ({ ...document, id }))]];
    }),
  ) as unknown as PolicyDocuments;
}

interface Books {
  /** Of what is there. */
  readonly before: NameBooks;
  /** Of what will be. */
  readonly after: NameBooks;
  readonly problems: PolicyProblem[];
}

function documentOf(kind: Kind, file: IdentifiedFile, books: Books): Document {
  const { path: name, document, id, before } = file;
  const refuse = (path: PolicyProblem['path'], reason: string): void =>
    void books.problems.push({ file: name, path, reason });
  const resolve = (of: Kind, reference: string, path: PolicyProblem['path']): string => {
    const found = books.after[of].resolve(reference);
    if (found.ok) return found.id;
    refuse(path, found.reason);
    return reference;
  };
  const own = writtenByServer(kind);
  for (const key of Object.keys(document))
    if (own.has(key)) refuse([key], 'is written by the server itself: leave it out');
  for (const { path, meant } of misspeltKeys(kind, document, before)) refuse(path, `is not known; is ${meant} meant?`);
  let doc: JsonObject = document;
  if (kind === 'ruleset') doc = mapRuleReferences(doc, resolve);
  if (kind === 'assertion' && before !== undefined) doc = keepEnds(doc, before, books.before);
  doc = withReference(kind, doc, { before, resolve, refuse, books: books.after });
  if (before !== undefined) doc = withDefaultsOf(kind, doc, before);
  const kept = Object.entries(before ?? {}).filter(([key]) => own.has(key));
  return { ...doc, ...Object.fromEntries(kept), id };
}

/** An end that names the same as the stored one stays as that is written. */
function keepEnds(doc: JsonObject, before: Document, books: NameBooks): JsonObject {
  const kept = ENDS.flatMap((field) => {
    const stored = before[field];
    return typeof stored === 'string' && endByName(stored, books) === doc[field] ? [[field, stored] as const] : [];
  });
  return { ...doc, ...Object.fromEntries(kept) };
}

interface Referring {
  readonly before: Document | undefined;
  readonly resolve: (of: Kind, reference: string, path: PolicyProblem['path']) => string;
  readonly refuse: (path: PolicyProblem['path'], reason: string) => void;
  readonly books: NameBooks;
}

/** `profile: NAME` as `profile_id`; of a group also the name, which clients read. */
function withReference(kind: Kind, doc: JsonObject, { before, resolve, refuse, books }: Referring): JsonObject {
  const reference = REFERENCES[kind];
  if (reference === undefined) return doc;
  const { field, called, kind: of } = reference;
  const { [called]: value, ...rest } = doc;
  const more = unescapeOwn(rest, called);
  if (typeof doc[field] === 'string' || (value !== undefined && Object.hasOwn(doc, field))) {
    refuse([field], `write ${called}: NAME of the ${of}`);
    return doc;
  }
  if (value === undefined) return more;
  if (typeof value !== 'string') {
    refuse([called], `must be a string: the name of a ${of}`);
    return doc;
  }
  const id = resolve(of, value, [called]);
  const named = books[of].nameOf(id);
  const repeats =
    kind === 'group' && !Object.hasOwn(more, 'profile_name') && (before === undefined || 'profile_name' in before);
  return { ...more, [field]: id, ...(repeats && named !== undefined ? { profile_name: named } : {}) };
}
