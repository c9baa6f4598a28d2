import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that was ever seen below a directory while it was watched. */
export interface SeenFiles {
  /** Looks once more, and goes on no longer. By path below the directory, digits and ids as `N`: the modes, in octal. */
  end(): ReadonlyMap<string, ReadonlySet<string>>;
}

/** Looks again and again, so that files that live for a moment are seen too, if not every one of them. */
export function watchFiles(root: string): SeenFiles {
  const seen = new Map<string, Set<string>>();
  const look = (below: string): void => {
    for (const name of namesIn(join(root, below))) {
      const path = join(below, name);
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      if (stat === undefined) continue;
      const shown = named(path) + (stat.isDirectory() ? '/' : stat.isSocket() ? ' (socket)' : '');
      const modes = seen.get(shown) ?? new Set();
      seen.set(shown, modes.add((stat.mode & 0o7777).toString(8).padStart(4, '0')));
      if (stat.isDirectory()) look(path);
    }
  };
  const timer = setInterval(() => look(''), 3);
  return {
    end() {
      clearInterval(timer);
      look('');
      return new Map([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

/** Runs differ in ids and times only. */
function named(path: string): string {
  return path
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'N')
    .replace(/(dog-trainer-demo-)\w+/g, '$1N')
    .replace(/\d{4}-\d\d-\d\dT[\d-]+Z/g, 'N')
    .replace(/\d{4,}/g, 'N');
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Gone since its name was read.
    return [];
  }
}
