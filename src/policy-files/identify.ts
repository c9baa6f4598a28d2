import { createHash } from 'node:crypto';
import type { Document, Json, JsonObject } from '../model/document.js';
import type { Kind } from './kinds.js';
import { NameBook } from './name-book.js';
import type { PolicyProblem } from './policy-problem.js';

/** A file whose document is known by its id. */
export interface IdentifiedFile {
  readonly path: string;
  readonly document: JsonObject;
  readonly id: string;
  /** What is there now. */
  readonly before: Document | undefined;
}

export interface Identified {
  readonly files: readonly IdentifiedFile[];
  readonly problems: readonly PolicyProblem[];
}

const IDS_NAMED = 5;

/**
 * Which document each file of one kind is: the one with its `id`; else the one that is there under its name; else a new
 * one, whose id is made of its kind and name, so that it is the same each time.
 */
export function identify(
  kind: Kind,
  files: readonly { readonly path: string; readonly document: JsonObject }[],
  there: readonly Document[],
): Identified {
  const problems: PolicyProblem[] = [];
  const known = new Map(there.map((doc) => [doc.id, doc]));
  const book = new NameBook(kind, there);
  const claimed = new Map<string, string>();
  const identified = new Map<string, string>();
  const refuse = (file: string, path: PolicyProblem['path'], reason: string): void =>
    void problems.push({ file, path, reason });
  const claim = (path: string, id: string): void => {
    claimed.set(id, path);
    identified.set(path, id);
  };
  // Who says its id has it, whatever others are called.
  for (const { path, document } of files) {
    const { id } = document;
    if (id === undefined) continue;
    if (typeof id !== 'string' || id === '') refuse(path, ['id'], 'must be a string: the id of one document');
    else if (claimed.has(id)) refuse(path, ['id'], `${claimed.get(id) ?? ''} is this ${kind} already`);
    else claim(path, id);
  }
  const named = new Map<Json | undefined, string[]>();
  for (const { path, document } of files) {
    const { name } = document;
    const same = named.get(name);
    if (same === undefined) named.set(name, [path]);
    else same.push(path);
  }
  for (const { path, document } of files) {
    const { id, name } = document;
    if (id !== undefined) continue;
    const twin = named.get(name)?.find((other) => other !== path);
    if (typeof name !== 'string' || name === '') refuse(path, [], 'name is missing: it must be a string');
    else if (book.isBuiltin(name)) refuse(path, ['name'], `${name} is built in: choose another name`);
    else if (twin !== undefined) refuse(path, ['name'], `${twin} has this name already`);
    else {
      const free = book.idsOf(name).filter((one) => !claimed.has(one));
      const [only] = free;
      if (free.length > 1) {
        const some = free.slice(0, IDS_NAMED).join(' or ');
        refuse(path, ['name'], `${free.length} ${kind}s are called so: say which by its id, ${some}`);
      } else claim(path, only ?? newId(kind, name, known, claimed));
    }
  }
  return {
    problems,
    files: files.flatMap(({ path, document }) => {
      const id = identified.get(path);
      return id === undefined ? [] : [{ path, document, id, before: known.get(id) }];
    }),
  };
}

/** A UUID (version 8) of a kind and a name; another one where a document has it that is called otherwise by now. */
function newId(
  kind: Kind,
  name: string,
  known: ReadonlyMap<string, unknown>,
  claimed: ReadonlyMap<string, unknown>,
): string {
  for (let count = 0; ; count += 1) {
    const hex = createHash('sha256').update(`${kind}\0${name}\0${count}`).digest('hex');
    const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    const id = [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `8${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
    if (!known.has(id) && !claimed.has(id)) return id;
  }
}
