import { readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.js';
import { ok, wrong, type Finding } from './finding.js';

/** Files looked at; a data directory has few, whatever the size of the fleet. */
const MOST_FILES = 10_000;

/** Whether all files of the data directory are their server's: a command that root gave may have made others. */
export function lookAtOwners({ data_dir }: Pick<Config, 'data_dir'>): readonly Finding[] {
  let owner: Stats;
  let names: readonly string[];
  try {
    owner = statSync(data_dir);
    names = readdirSync(data_dir, { recursive: true, encoding: 'utf8' }).slice(0, MOST_FILES);
  } catch {
    // Nothing is there yet, or it may not be read: the looks at the start and at the disk say so.
    return [];
  }
  const others = names.filter((name) => {
    const found = statSync(join(data_dir, name), { throwIfNoEntry: false });
    return found !== undefined && found.uid !== owner.uid;
  });
  if (others.length === 0) return [ok('owner of files', `all of ${data_dir} is of user ${owner.uid}`)];
  const [first = ''] = others;
  const more = others.length > 1 ? ` and ${others.length - 1} more` : '';
  return [
    wrong(
      'owner of files',
      `${join(data_dir, first)}${more} is not of user ${owner.uid}, whose the directory is`,
      `stop the server, then chown -R --no-dereference ${owner.uid}:${owner.gid} ${data_dir}`,
    ),
  ];
}
