import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import type { SentFile } from '../../policy-files/files-to-policy.js';
import { FOLDERS, kindOfFolder } from '../../policy-files/kinds.js';
import { HEAD } from '../../policy-files/policy-head.js';
import { type ReadFile, readFileText, YamlFileError } from '../../policy-files/yaml/read-file.js';
import type { Path } from '../../model/validate.js';
import { CommandFailure } from '../cli-io.js';

/** A directory of policy, read. Paths are below it, with `/`. */
export interface PolicyDirectory {
  readonly files: readonly (SentFile & ReadFile)[];
  /** The line of a value in a file; undefined: there is no such file. */
  readonly lineOf: (file: string, path: Path) => number | undefined;
}

const FILES_MAX = 20_000;
/** Bytes, of one file and of all: what a server takes of a body by itself is less. */
const FILE_MAX = 4 << 20;
const ALL_MAX = 64 << 20;
/** Folders inside each other, below one of a kind. */
const DEEPEST = 4;
/** Faults that are told at once. */
const FAULTS_TOLD = 20;

/**
 * Reads a directory of policy (docs/policy-files.md). It follows no links, and takes nothing but YAML files in folders
 * that it knows; hidden files, and Markdown, are passed over.
 * @throws CommandFailure naming each file that is not as it should be
 */
export async function readDirectory(directory: string): Promise<PolicyDirectory> {
  const found = await findFiles(directory);
  const files: (SentFile & ReadFile)[] = [];
  const faults: string[] = [...found.faults];
  let bytes = 0;
  for (const path of found.paths) {
    try {
      const text = await readBounded(join(directory, path), path);
      bytes += Buffer.byteLength(text);
      if (bytes > ALL_MAX) throw new CommandFailure(`${directory} holds more than ${ALL_MAX} bytes of policy`);
      files.push({ path, ...readFileText(text) });
    } catch (error) {
      if (!(error instanceof YamlFileError)) throw error;
      faults.push(`${path}, line ${error.line}: ${error.message}`);
    }
  }
  if (faults.length > 0) {
    const told = faults.slice(0, FAULTS_TOLD).map((fault) => `  ${fault}`);
    const more = faults.length > told.length ? [`  and ${faults.length - told.length} more`] : [];
    throw new CommandFailure([`${directory} is no directory of policy as it should be:`, ...told, ...more].join('\n'));
  }
  const byPath = new Map(files.map((file) => [file.path, file]));
  return { files, lineOf: (file, path) => byPath.get(file)?.lineOf(path) };
}

interface Found {
  readonly paths: readonly string[];
  readonly faults: readonly string[];
}

/** The paths of the files of policy, in the order of the alphabet, and what else is there that should not be. */
export async function findFiles(directory: string): Promise<Found> {
  const paths: string[] = [];
  const faults: string[] = [];
  const look = async (below: string, depth: number): Promise<void> => {
    for (const entry of (await entriesOf(join(directory, below))).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      if (entry.isSymbolicLink())
        faults.push(`${path} is a link: only files and folders of the directory itself are read`);
      else if (entry.isDirectory()) {
        if (depth === 0 && kindOfFolder(entry.name) === undefined)
          faults.push(`${path}/ is not known; there are ${Object.keys(FOLDERS).join(', ')}`);
        else if (depth > DEEPEST) faults.push(`${path}/ is more than ${DEEPEST} folders deep`);
        else await look(path, depth + 1);
      } else if (!entry.isFile()) faults.push(`${path} is no file`);
      else if (path === HEAD || (depth > 0 && path.endsWith('.yaml'))) paths.push(path);
      else if (!path.endsWith('.md'))
        faults.push(`${path}: ${depth > 0 ? 'policy is in files that end in .yaml' : wherePolicyIs()}`);
      if (paths.length > FILES_MAX) throw new CommandFailure(`${directory} holds more than ${FILES_MAX} files`);
    }
  };
  await look('', 0);
  return { paths, faults };
}

function wherePolicyIs(): string {
  return `beside ${HEAD} there are only the folders ${Object.keys(FOLDERS).join(', ')}`;
}

async function entriesOf(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    throw new CommandFailure(`${directory} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** The text of a file of at most `FILE_MAX` bytes of UTF-8. */
async function readBounded(file: string, path: string): Promise<string> {
  let bytes: Buffer;
  try {
    // What became a link since it was found is not followed.
    if (!(await lstat(file)).isFile()) throw new Error('it is no file any more');
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > FILE_MAX) throw new Error(`it has ${size} bytes; at most ${FILE_MAX} are read`);
      bytes = await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new CommandFailure(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new YamlFileError(1, 'it is not UTF-8', { cause: error });
  }
}
