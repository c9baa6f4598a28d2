import { execFileSync } from 'node:child_process';
import { onTestFinished } from './on-test-finished.js';
import { temporaryDirectory } from './temporary-directory.js';

/** Why a file system of a test's own can't be mounted here; undefined if it can. */
export const noTmpfs: string | undefined = process.getuid?.() === 0 ? undefined : 'mounting a tmpfs needs root';

/** A small file system of the running test's own, to be filled up. */
export function mountTmpfs(megabytes: number): string {
  const directory = temporaryDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'dog-trainer-test', directory]);
  // Registered after the directory, so it runs before that is removed.
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', directory]);
  });
  return directory;
}
