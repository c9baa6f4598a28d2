import { accessSync, constants, lstatSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartFault } from './start-fault.js';

const { R_OK, W_OK, X_OK } = constants;

/**
 * Whether this user can make and fill a directory, seen without making it. `undefined`: it can.
 * `where` is the key and value to blame.
 */
export function lookAtDirectory(where: string, directory: string): StartFault | undefined {
  const there = nearest(directory);
  if (there === undefined) return new StartFault(where, `${directory} has no parent directory that can be looked at`);
  const link = [directory, ...parentsOf(directory)].find((path) => path.length > there.length && isLink(path));
  if (link !== undefined) return new StartFault(where, `${link} is a link to something that is not there (ENOENT)`);
  const made = there === directory;
  const path = made ? directory : `${there}, in which ${directory} would be made,`;
  if (!statSync(there).isDirectory())
    return new StartFault(where, `${made ? directory : there} is not a directory (ENOTDIR)`);
  if (KERNELS_OWN.has(statfsSync(there).type))
    return new StartFault(where, `${path} is on a file system of the kernel's own, where no files can be made`);
  return refusal(where, path, there, made ? R_OK | W_OK | X_OK : W_OK | X_OK);
}

/** Whether this user can read a file and (unless `mode` says otherwise) write it, or make it where it is not there. */
export function lookAtFile(where: string, file: string, mode = R_OK | W_OK): StartFault | undefined {
  if (nearest(file) !== file) return lookAtDirectory(where, dirname(file));
  if (!statSync(file).isFile()) return new StartFault(where, `${file} is not a file`);
  return lookAtDirectory(where, dirname(file)) ?? refusal(where, file, file, mode);
}

/** Whether there is no room left for this user on the disk that holds a path, or would. */
export function lookAtRoom(where: string, path: string): StartFault | undefined {
  const there = nearest(path);
  if (there === undefined) return undefined;
  const { blocks, bfree, bavail } = statfsSync(there);
  // The last blocks are often root's.
  const left = process.getuid?.() === 0 ? bfree : bavail;
  if (blocks === 0 || left > 0) return undefined;
  return new StartFault(where, `the disk that holds ${path} is full; make room (ENOSPC)`);
}

function refusal(where: string, named: string, path: string, mode: number): StartFault | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EROFS' ? 'is on a file system that is read-only' : `may not be used by ${user()}`;
    return new StartFault(where, `${named} ${why} (${code})`, { cause: error });
  }
}

/** The path itself or the nearest of its parents that is there; undefined when even that may not be seen. */
function nearest(path: string): string | undefined {
  for (let here = path; ; here = dirname(here)) {
    try {
      statSync(here);
      return here;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A parent that may not be looked into, or is a file, is the one to blame: it is met further up.
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') return undefined;
      if (dirname(here) === here) return undefined;
    }
  }
}

function* parentsOf(path: string): Iterable<string> {
  for (let here = dirname(path); here !== dirname(here); here = dirname(here)) yield here;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false; // not there at all
  }
}

/** Magic numbers of procfs, sysfs and cgroups (statfs(2)): making a directory there never ends in Node. */
const KERNELS_OWN: ReadonlySet<number> = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270]);

function user(): string {
  return `the user who runs this (uid ${process.getuid?.() ?? 'unknown'})`;
}
