import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWholeFile } from '../../files/write-whole-file.js';
import type { Json } from '../../model/document.js';
import { sameJson } from '../../model/same-json.js';
import { isObject } from '../../model/validate.js';
import type { PolicyFileDocument } from '../../policy-files/kinds.js';
import { HEAD } from '../../policy-files/policy-head.js';
import { withComments } from '../../policy-files/yaml/keep-comments.js';
import { printFile, printNodes } from '../../policy-files/yaml/print-file.js';
import { CommandFailure } from '../cli-io.js';
import { type PolicyDirectory, readDirectory } from './read-directory.js';

/** How many files were written, were as they should be, and were removed. */
export interface WrittenDirectory {
  readonly written: number;
  readonly unchanged: number;
  readonly removed: number;
}

/**
 * Writes files of policy into a directory that is empty, is not there yet, or holds policy already: then files of
 * documents that are gone are removed, files keep their names and, where the document is the same, all of their text; else
 * their comments. Each file is there whole or as it was. Hidden files and Markdown are left alone.
 * @throws CommandFailure when it holds anything else; nothing is written then
 */
export async function writeDirectory(
  directory: string,
  files: readonly PolicyFileDocument[],
): Promise<WrittenDirectory> {
  const there = await whatIsThere(directory);
  const old = new Map(there.map((file) => [file.path, file]));
  const placed = place(files, there);
  let written = 0;
  try {
    await mkdir(directory, { recursive: true });
    for (const { path, document } of placed) {
      const known = old.get(path);
      if (known !== undefined && sameJson(known.document, document)) continue;
      const text = known === undefined ? printFile(document) : printNodes(withComments(document, known.nodes));
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeWholeFile(join(directory, path), text, { over: true });
      written += 1;
    }
    const staying = new Set(placed.map(({ path }) => path));
    const going = there.filter(({ path }) => !staying.has(path));
    for (const { path } of going) await rm(join(directory, path));
    return { written, unchanged: placed.length - written, removed: going.length };
  } catch (error) {
    throw new CommandFailure(`${directory} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

async function whatIsThere(directory: string): Promise<PolicyDirectory['files']> {
  let names: readonly string[];
  try {
    if (!(await stat(directory)).isDirectory()) throw new CommandFailure(`${directory} is no directory`);
    names = await readdir(directory);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandFailure(`${directory} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const other = names.find((name) => !name.startsWith('.') && !name.endsWith('.md'));
  if (other === undefined) return [];
  if (!names.includes(HEAD))
    throw new CommandFailure(
      `${directory} holds ${other} and no ${HEAD}: give a directory that is empty, or one that holds policy`,
    );
  return (await readDirectory(directory)).files;
}

/** By which a file is found again: its kind, and its document's id or name. */
function identityOf(path: string, document: Json): string {
  const { id, name } = isObject(document) ? document : {};
  return JSON.stringify([path.split('/')[0], id === undefined ? 'name' : 'id', id ?? name ?? null]);
}

/** Where each document goes: where it is, or under the name that it would have, if that is free. */
function place(files: readonly PolicyFileDocument[], there: PolicyDirectory['files']): readonly PolicyFileDocument[] {
  const known = new Map(there.map(({ path, document }) => [identityOf(path, document), path]));
  const where = files.map(({ path, document }) => known.get(identityOf(path, document)));
  const taken = new Set(where.flatMap((path) => (path === undefined ? [] : [path.toLowerCase()])));
  return files.map(({ path, document }, index) => {
    const at = where[index];
    if (at !== undefined) return { path: at, document };
    let free = path;
    for (let count = 2; taken.has(free.toLowerCase()); count += 1) free = path.replace(/\.yaml$/, `~${count}.yaml`);
    taken.add(free.toLowerCase());
    return { path: free, document };
  });
}
