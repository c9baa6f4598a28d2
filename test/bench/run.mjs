// Runs every bench beside this file, or those named on the command line: npm run bench -- actors
// A bench exports `title` and `run()`, which gives rows of { name, median_ms, floor_ms, ratio }: the work, the least that
// anyone would need for it (measured in the same run), and how many times that it takes.
import { readdir } from 'node:fs/promises';
import { arch, cpus } from 'node:os';

const wanted = process.argv.slice(2);
const files = (await readdir(new URL('.', import.meta.url)))
  .filter((file) => file.endsWith('.mjs') && !['run.mjs', 'scaled.mjs'].includes(file))
  .filter((file) => wanted.length === 0 || wanted.includes(file.slice(0, -'.mjs'.length)))
  .sort();

const cell = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const line = (name, ...figures) => `${name.padEnd(48)}${figures.map((figure) => figure.padStart(12)).join('')}`;

console.log(`Node ${process.version}, ${arch()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`);
for (const file of files) {
  const { title, run } = await import(new URL(file, import.meta.url).href);
  console.log(`\n${title}`);
  console.log(line('', 'median ms', 'floor ms', 'ratio'));
  for (const { name, median_ms, floor_ms, ratio } of await run()) {
    console.log(line(name, cell(median_ms, 1), cell(floor_ms, 1), cell(ratio, 2)));
  }
}
