// Prints what the console weighs, gzipped, and fails where the first load has more script than docs/console.md allows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIRECTORY = 'dist/console';
/** In bytes: docs/console.md#weight. */
const MOST = 60 * 1024;

const manifest = JSON.parse(readFileSync(join(DIRECTORY, 'manifest.json'), 'utf8'));
const weigh = (file) => gzipSync(readFileSync(join(DIRECTORY, file)), { level: 9 }).length;

/** A chunk, and what it imports before it can run. */
const needed = (key, seen = new Set()) => {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) needed(next, seen);
  return seen;
};

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
// The page that is shown first comes at once too.
const first = new Set([...needed(entry), ...needed('pages/now/now-page.tsx')]);
const scripts = Object.keys(manifest).filter((key) => manifest[key].file.endsWith('.js'));
const sum = (keys) => keys.reduce((total, key) => total + weigh(manifest[key].file), 0);
const firstBytes = sum([...first]);
const kB = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
console.log(
  `console: ${kB(firstBytes)} of script, gzipped, at first (at most ${kB(MOST)}); ${kB(sum(scripts.filter((key) => !first.has(key))))} later`,
);
if (firstBytes > MOST) {
  console.error('console-weight: the first load is too heavy (docs/console.md#weight)');
  process.exit(1);
}
