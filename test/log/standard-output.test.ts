import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

function path(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

interface Line {
  readonly n?: number;
  readonly dropped?: number;
}

/** Half a line is none: it stands again as a whole. */
function asLine(text: string): readonly Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}

/** A process that logs to its standard output, a pipe. */
function logging(work: string) {
  const program = `
    import { StandardOutput } from ${JSON.stringify(path('../../src/log/standard-output.ts'))};
    const output = new StandardOutput();
    const log = (fields) => output.write(JSON.stringify(fields) + '\\n');
    process.on('exit', () => output.flushSync());
    ${work}
  `;
  const loader = ['--import', path('../support/register-typescript.mjs'), '--input-type=module', '-e', program];
  const child = spawn(process.execPath, loader, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const out: Buffer[] = [];
  const read = () => child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  const lines = () =>
    Buffer.concat(out)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .flatMap(asLine);
  return { child, ended, read, lines };
}

it.each([
  ['ends in order', 'await output.close();'],
  ['ends by itself', ''],
  ['is ended within the same turn', 'process.exit(0);'],
  ['is ended while lines are being written', 'setTimeout(() => process.exit(0), 15);'],
  ['crashes', "setTimeout(() => { throw new Error('x'); }, 5);"],
])('has every line, in order, of a process that %s', async (_, end) => {
  const { read, ended, lines } = logging(`for (let n = 0; n < 5000; n += 1) log({ n }); ${end}`);
  read();
  await ended;
  // Those that were under way may stand twice, one of them in two pieces besides.
  const seen = [...new Set(lines().map(({ n }) => n))];
  expect(seen).toEqual(Array.from({ length: 5000 }, (_value, n) => n));
});

it('goes on when the reader has closed the pipe', async () => {
  const { child, ended } = logging(`
    for (let n = 0; n < 1000; n += 1) log({ n });
    await output.close();
    log({ n: -1 });
    await output.close();
    process.exitCode = 7;
  `);
  child.stdout.destroy();
  expect(await ended).toBe(7);
});

it('holds up no turn while the reader takes nothing, and says how many lines it dropped', async () => {
  const { child, ended, read, lines } = logging(`
    const text = 'x'.repeat(10_000);
    for (let n = 0; n < 2000; n += 1) log({ n, text });
    process.stderr.write('turn is over');
    await output.close();
  `);
  await new Promise((resolve) => child.stderr.once('data', resolve));
  read();
  await ended;
  const dropped = lines().reduce((sum, line) => sum + (line.dropped ?? 0), 0);
  expect(dropped).toBeGreaterThan(1000);
  expect(lines().filter(({ n }) => n !== undefined).length + dropped).toBe(2000);
});
