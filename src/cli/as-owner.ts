import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Does `work` as the user whom `directory` belongs to (or, while there is none, the nearest one above it), if this process
 * is root's and that is somebody else: files that are made there then belong to the service, which could not open root's.
 * Giving root's files away afterwards would follow a link that the service's user has put there; this does not.
 */
export async function asOwnerOf<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const owner = ownerOf(directory);
  if (process.geteuid?.() !== 0 || owner === undefined || owner.uid === 0) return work();
  const [group, groups] = [process.getegid?.() ?? 0, process.getgroups?.() ?? []];
  process.setgroups?.([owner.gid]);
  process.setegid?.(owner.gid);
  process.seteuid?.(owner.uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
    process.setgroups?.(groups);
  }
}

/** Undefined: there is no such thing here, as an owner. */
function ownerOf(directory: string): { readonly uid: number; readonly gid: number } | undefined {
  for (let path = directory; ; path = dirname(path)) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) return found;
    if (dirname(path) === path) return undefined;
  }
}
