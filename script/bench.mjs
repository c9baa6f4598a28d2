// npm run bench: all benches, written into docs/; npm run bench -- NAME...: those alone, only printed.
import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  ['dist/main.js', 'bench', ...(args.length === 0 ? ['--out', 'docs'] : args)],
  {
    stdio: 'inherit',
  },
);
process.exitCode = status ?? 1;
