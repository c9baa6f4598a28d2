import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Line = Readonly<Record<string, unknown>>;

let directory = '';

// A real Node process: its signals, its exit code, its unhandled rejections. Under node_modules, so that imports resolve.
beforeAll(async () => {
  const cache = path.resolve('node_modules/.cache');
  await mkdir(cache, { recursive: true });
  directory = await mkdtemp(path.join(cache, 'application-test-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: path.resolve('test/otp/programs/application.ts'), outDir: directory, target: 'node20' },
  });
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Runs a scenario; `onLine` may send signals. Gives its lines and how it ended. */
function run(scenario: readonly string[], onLine: (line: Line, kill: (signal: NodeJS.Signals) => void) => void) {
  return new Promise<{ lines: Line[]; code: number | null; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(directory, 'application.js'), ...scenario], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: Line[] = [];
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const output = createInterface({ input: child.stdout });
    output.on('line', (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      onLine(line, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ lines, code, stderr }));
  });
}

describe('application', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('keeps Node alive, and on %s stops in order with code 0', async (signal) => {
    const { lines, code, stderr } = await run(['idle'], (line, kill) => {
      // Long enough for Node to leave by itself, if nothing held it.
      if ('ready' in line) setTimeout(() => kill(signal), 200);
    });
    expect(lines).toEqual([
      { start: 'a' },
      { start: 'victim' },
      { ready: true },
      { stopping: signal },
      { stop: 'victim', reason: 'shutdown' },
      { stop: 'a', reason: 'shutdown' },
      { stopped: 0, left: [] },
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('a stop that takes longer than its deadline is cut off, says what was left, and has code 1', async () => {
    const { lines, code } = await run(['stubborn', 'short'], (line, kill) => {
      if ('ready' in line) kill('SIGTERM');
    });
    expect(lines.at(-1)).toMatchObject({ stopped: 1 });
    expect(lines.at(-1)?.['left']).toEqual(['root', 'a', 'stubborn', 'unfinished handlers: 2']);
    expect(code).toBe(1);
  });

  it('a second signal forces the end and says what was left', async () => {
    const { lines, code } = await run(['stubborn'], (line, kill) => {
      if ('ready' in line || 'stopping' in line) kill('SIGTERM');
    });
    expect(lines.at(-1)).toMatchObject({ stopped: 143 });
    expect(lines.at(-1)?.['left']).toEqual(
      // A signal that comes at once may find the stubborn one not asked yet.
      ['root', 'a', 'stubborn', expect.stringMatching(/^unfinished handlers: [12]$/) as unknown],
    );
    expect(code).toBe(143);
  });

  it('ends with code 1 when the root supervisor gives up', async () => {
    const { lines, code } = await run(['gives-up'], () => undefined);
    expect(lines.slice(3)).toEqual([
      { stop: 'victim', reason: 'Error: throw in victim' },
      { crash: 'victim', reason: 'Error: throw in victim' },
      { stop: 'a', reason: 'shutdown' },
      { stopping: 'the root supervisor ended: shutdown' },
      { stopped: 1, left: [] },
    ]);
    expect(code).toBe(1);
  });

  it('says so when the root supervisor does not start, and leaves nothing running', async () => {
    const { lines, code } = await run(['refuses'], () => undefined);
    expect(lines).toEqual([
      { start: 'a' },
      { stop: 'a', reason: 'shutdown' },
      { stopped: 1, left: [] },
      { failed: expect.stringContaining('failed_to_start_child: bad, reason: refused') as unknown },
    ]);
    expect(code).toBe(1);
  });
});

describe('faults outside a turn', () => {
  it.each(['float', 'late', 'timer', 'immediate', 'tick', 'file'])(
    '%s: the owner crashes and is restarted, nobody else notices',
    async (fault) => {
      let starts = 0;
      const { lines, code } = await run(['fault', fault], (line, kill) => {
        if (line['start'] === 'victim' && ++starts === 2) kill('SIGTERM');
      });
      expect(lines.slice(3)).toEqual([
        { crash: 'victim', reason: `Error: ${fault} in victim` },
        { start: 'victim' },
        { stopping: 'SIGTERM' },
        { stop: 'victim', reason: 'shutdown' },
        { stop: 'a', reason: 'shutdown' },
        { stopped: 0, left: [] },
      ]);
      expect(code).toBe(0);
    },
  );

  it('a fault whose owner is dead already is reported, and nobody else crashes for it', async () => {
    const { lines, code } = await run(['fault', 'dead'], (line, kill) => {
      if ('late' in line) kill('SIGTERM');
    });
    expect(lines.slice(3, 7)).toEqual([
      { stop: 'victim', reason: 'shutdown' },
      { start: 'victim' },
      { late: 'victim', error: 'Error: dead in victim' },
      { stopping: 'SIGTERM' },
    ]);
    expect(code).toBe(0);
  });

  it('a floating self.stop still stops its process, with its reason', async () => {
    let starts = 0;
    const { lines } = await run(['fault', 'stop'], (line, kill) => {
      if (line['start'] === 'victim' && ++starts === 2) kill('SIGTERM');
    });
    expect(lines.slice(3, 5)).toEqual([{ crash: 'victim', reason: 'floating stop' }, { start: 'victim' }]);
  });

  it('a throw in queueMicrotask is blamed on its process, or on nobody (Node 20 forgets); then the server stops', async () => {
    let starts = 0;
    const { lines, code } = await run(['fault', 'microtask'], (line, kill) => {
      if (line['start'] === 'victim' && ++starts === 2) kill('SIGTERM');
    });
    const reason = 'Error: microtask in victim';
    const blamed = lines.some((line) => line['crash'] === 'victim' && line['reason'] === reason);
    expect(lines.some((line) => line['unowned'] === reason)).toBe(!blamed);
    expect(code).toBe(blamed ? 0 : 1);
  });

  it('an error that nobody owns brings the server down in order, with code 1', async () => {
    const { lines, code } = await run(['unowned'], () => undefined);
    expect(lines.slice(3)).toEqual([
      { unowned: 'Error: nobody’s' },
      { stopping: 'an error without an owner: Error: nobody’s' },
      { stop: 'victim', reason: 'shutdown' },
      { stop: 'a', reason: 'shutdown' },
      { stopped: 1, left: [] },
    ]);
    expect(code).toBe(1);
  });
});
