import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * The Node that comes along: program and licence, from the package that npm has of it for each platform, held to the
 * hash in packaging/node.json. Kept in a cache.
 * @returns {{ release: string, program: string, licence: string }}
 */
export function fetchNode(platform) {
  const { release, integrity } = JSON.parse(readFileSync('packaging/node.json', 'utf8'));
  const wanted = integrity[platform];
  if (wanted === undefined) throw new Error(`packaging/node.json has no Node for ${platform}`);
  const cache =
    process.env.DOGTRAINER_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dog-trainer');
  const file = join(cache, `node-${platform}-${release}.tgz`);
  mkdirSync(cache, { recursive: true });
  if (!existsSync(file)) {
    const name = `node-${platform}@${release}`;
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', cache, name]));
    renameSync(join(cache, packed.filename), file);
  }
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (found !== wanted) {
    rmSync(file);
    throw new Error(`${file} is not the Node that packaging/node.json names: ${found} instead of ${wanted}`);
  }
  const at = join(cache, `node-${platform}-${release}`);
  if (!existsSync(join(at, 'package/bin/node'))) {
    mkdirSync(at, { recursive: true });
    run('tar', ['-xzf', file, '-C', at, 'package/bin/node', 'package/LICENSE']);
  }
  return { release, program: join(at, 'package/bin/node'), licence: join(at, 'package/LICENSE') };
}
