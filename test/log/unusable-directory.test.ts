import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runMain } from '../support/main-child.js';
import type { MainChild } from '../support/main-child.js';
import { besideOthers } from '../support/on-test-finished.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { mountTmpfs, noTmpfs } from '../support/tmpfs.js';

// Starting takes a while on a busy machine, and each file is looked at every 5 seconds.
const soon = { timeout: 60_000, interval: 200 };

interface Served {
  readonly child: MainChild;
  /** What `/readyz` says. */
  readonly readyz: () => Promise<string>;
  /** Ids of the alarms that are set. */
  readonly alarms: () => Promise<readonly string[]>;
}

/** A server that logs to `dir`, once it listens; its ports are where it can tell them. */
async function serve(dir: string): Promise<Served> {
  const child = runMain([
    'start',
    ...['--data', temporaryDirectory(), '--set', 'api.port=0', '--set', 'metrics.port=0', '--set', `log.dir=${dir}`],
  ]);
  const lines = () => {
    const file = join(dir, 'console.log');
    return child.err + (existsSync(file) ? readFileSync(file, 'utf8') : '');
  };
  const found = () => lines().match(/^\{.*"api":"(http[^"]+)".*"metrics":"(http[^"]+)".*"msg":"listening"\}$/m);
  await vi.waitFor(() => expect(found(), child.err).not.toBeNull(), soon);
  const [, api = '', metrics = ''] = found() ?? [];
  return {
    child,
    readyz: async () => (await fetch(`${metrics}/readyz`)).text(),
    alarms: async () =>
      ((await (await fetch(`${api}/api/V2/alarms`)).json()) as readonly { id: string }[]).map(({ id }) => id),
  };
}

const ALL = ['log.file:console.log', 'log.file:crash.log', 'log.file:error.log'];

/** Waits until the files that cannot be written are these, in alarms and in `/readyz`. */
async function failing({ alarms, readyz }: Served, wanted: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect([...(await alarms())].sort()).toEqual(wanted), soon);
  const said = await readyz();
  for (const id of ALL) expect(said.includes(`alarm ${id}: `)).toBe(wanted.includes(id));
}

describe.concurrent('a log directory that cannot be used', { timeout: 240_000 }, () => {
  it(
    'from the start: lines go to standard error, an alarm and /readyz say so, until it can be',
    besideOthers(async () => {
      const dir = join(temporaryDirectory(), 'logs');
      writeFileSync(dir, 'in the way');
      const served = await serve(dir);
      await failing(served, ALL);
      expect(served.child.err).toContain('"msg":"starting"');
      rmSync(dir);
      await failing(served, []);
      expect(readFileSync(join(dir, 'console.log'), 'utf8')).toMatch(
        /"dropped":\d+,"msg":"log lines were dropped here"/,
      );
      expect(served.child.err).toMatch(/console\.log can be written again/);
      served.child.process.kill('SIGTERM');
      expect(await served.child.ended).toBe(0);
      expect(readFileSync(join(dir, 'console.log'), 'utf8')).toContain('"msg":"stopped"');
    }),
  );

  it(
    'later: one that is deleted, and comes back',
    besideOthers(async () => {
      const dir = join(temporaryDirectory(), 'logs');
      const served = await serve(dir);
      await failing(served, []);
      rmSync(dir, { recursive: true });
      await failing(served, ALL);
      mkdirSync(dir);
      await failing(served, []);
    }),
  );

  it(
    'later: one that is moved away, and comes back',
    besideOthers(async () => {
      const dir = join(temporaryDirectory(), 'logs');
      const served = await serve(dir);
      await failing(served, []);
      renameSync(dir, `${dir}.away`);
      await failing(served, ALL);
      renameSync(`${dir}.away`, dir);
      await failing(served, []);
    }),
  );

  it(
    'later: one whose disk is full, until there is space',
    besideOthers(async ({ skip }) => {
      if (noTmpfs !== undefined) skip(noTmpfs);
      const mount = mountTmpfs(1);
      const dir = join(mount, 'logs');
      const served = await serve(dir);
      await failing(served, []);
      const filler = join(mount, 'filler');
      const fill = () => {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: 'a' });
        } catch {
          // Full, as wanted.
        }
      };
      await vi.waitFor(async () => {
        // What the server lets go of is taken at once. Each request is a line in the log.
        fill();
        expect(await served.alarms()).toContain('log.file:console.log');
      }, soon);
      rmSync(filler);
      await failing(served, []);
    }),
  );
});
