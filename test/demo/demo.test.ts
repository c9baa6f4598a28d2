import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runMain } from '../support/main-child.js';
import { besideOthers, sideBySide } from '../support/on-test-finished.js';
import { hasTmux, terminal } from '../support/terminal.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

/** Runs the demo to its end and gives its last line. */
async function demo(...more: string[]): Promise<unknown> {
  const child = runMain(['demo', '--once', ...more]);
  const code = await child.ended;
  expect(child.err).toBe('');
  expect(code, child.out).toBe(0);
  return JSON.parse(child.out.trimEnd().split('\n').at(-1) ?? '');
}

describe('the demo', () => {
  it.concurrent(
    'on the embedded default: all hosts converge, the tampered one is found out and mended',
    besideOthers(async () => {
      expect(await demo('--agents', '25')).toEqual({
        agents: 25,
        converged: 25,
        tampered_found: 1,
        seconds: expect.any(Number) as number,
      });
    }),
    120_000,
  );

  it.concurrent(
    'of a lockout: refused, forced through, stopped at one host, taken back, and all run what they should',
    besideOthers(async () => {
      const child = runMain(['demo', '--scenario', 'lockout', '--once', '--agents', '7']);
      expect([await child.ended, child.err], child.out).toEqual([0, '']);
      const lines = child.out.trimEnd().split('\n');
      const [host = ''] =
        /host-\d+\.sim\.example(?= has loaded it: nothing that it sends reaches the broker)/.exec(child.out) ?? [];
      expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
        scenario: 'lockout',
        agents: 7,
        refused: [expect.stringContaining('hosts may connect to the broker at 192.0.2.10:5672')],
        states: ['rolling', 'rolling_back', 'rolled_back'],
        cut_off: [host],
        hosts_of_group: 3,
        converged: 7,
        seconds: expect.any(Number) as number,
      });
      expect(child.out).toContain('the server refuses it (409 guard_broken)');
      expect(child.out).toContain(`${host} is silent`);
      expect(child.out).toMatch(/^alarm: a change of group "web" was rolled back: /m);
    }),
    120_000,
  );

  it.concurrent.for<[readonly string[], string]>([
    [['--agents', '5'], 'needs --agents 6 or more'],
    [['--amqp', 'amqp://127.0.0.1:1/dog'], 'without --amqp'],
  ])(
    'of a lockout does not begin with %j',
    { timeout: 120_000 },
    sideBySide(async ([more, says]) => {
      const child = runMain(['demo', '--scenario', 'lockout', ...more]);
      expect(await child.ended).toBe(64);
      expect(child.err).toContain(says);
    }),
  );

  it.concurrent(
    'shows the fleet and the rule that was added, and ends with commands that work',
    { timeout: 240_000 },
    besideOthers(async () => {
      const child = runMain(['demo', '--agents', '4']);
      await expect.poll(() => child.out, { timeout: 90_000 }).toContain('figures for Prometheus\n  curl ');
      expect(child.out).toMatch(/^host-0001\.sim\.example +web +active +\d+ +\d+ +what was published$/m);
      expect(child.out).toMatch(
        /^--- expected\n\+\+\+ actual\n( {2}-A INPUT .*\n)+\+ -A INPUT -s 203\.0\.113\.66\/32 /m,
      );
      expect(child.out).toMatch(/still converging$/m);
      expect(child.out).toMatch(
        /has drifted \(the hash of its rules is [0-9a-f]{12}, that of its group's is [0-9a-f]{12}\)/,
      );
      expect(child.out).toContain('the rule that was added is gone');
      // A policy to learn from has no rule that is never asked.
      const [, api = ''] = /listens on (\S+),/.exec(child.out) ?? [];
      const analysis = (await (await fetch(`${api}/api/V2/analysis/rules`)).json()) as {
        readonly rules: readonly { readonly kind: string }[];
      };
      expect(analysis.rules.filter(({ kind }) => kind === 'never')).toEqual([]);
      const lines = [...child.out.matchAll(/^ {2}((?:dog-trainer|curl) .*)$/gm)].map(([, line]) => line ?? '');
      expect(lines).toHaveLength(13);
      const works = async (line: string): Promise<void> => {
        const [command = '', ...args] = line.split(' ');
        if (command === 'curl') {
          expect([line, (await fetch(args[0] ?? '')).status]).toEqual([line, 200]);
          return;
        }
        // Those that go on until they are told: a terminal shows them, and ends them.
        if (['top', 'console'].includes(args[0] ?? '') || args.includes('-f')) {
          if (!hasTmux()) return;
          const shell = terminal();
          shell.run(...args);
          await shell.shows({ top: 'all is well', console: 'dog>', events: 'drift_mended' }[args[0] ?? ''] ?? '?');
          shell.press(...({ top: ['q'], console: ['exit', 'Enter'] }[args[0] ?? ''] ?? ['C-c']));
          await shell.shows('ended with 0');
          return;
        }
        const run = runMain(args);
        expect([line, await run.ended, run.err]).toEqual([line, 0, '']);
        expect(run.out).not.toBe('');
      };
      await Promise.all(lines.map(works));
      child.process.kill('SIGINT');
      expect(await child.ended).toBe(0);
    }),
  );

  it.concurrent.for(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const)(
    'ends at once, not well and leaving no file, on %s',
    { timeout: 120_000 },
    sideBySide(async (signal) => {
      const temporary = temporaryDirectory();
      const child = runMain(['demo', '--once', '--agents', '3'], { TMPDIR: temporary });
      await expect.poll(() => child.out, { timeout: 90_000 }).toContain('the server listens on');
      expect(readdirSync(temporary)).toHaveLength(1);
      child.process.kill(signal);
      expect(await child.ended).toBe(1);
      expect(child.err).toContain('the demo was ended before it was done');
      expect(readdirSync(temporary)).toEqual([]);
    }),
  );

  it.concurrent(
    'leaves no file when nobody reads what it prints any more',
    besideOthers(async () => {
      const temporary = temporaryDirectory();
      const child = runMain(['demo', '--once', '--agents', '3'], { TMPDIR: temporary });
      child.process.stdout?.destroy();
      await child.ended;
      expect(readdirSync(temporary)).toEqual([]);
    }),
    120_000,
  );

  it.concurrent(
    'keeps its logs when it fails, and says where they are',
    besideOthers(async () => {
      const temporary = temporaryDirectory();
      // Nobody listens there, so the agents cannot connect.
      const child = runMain(['demo', '--once', '--agents', '3', '--amqp', 'amqp://127.0.0.1:1/dog'], {
        TMPDIR: temporary,
      });
      expect(await child.ended).toBe(1);
      const [, directory = ''] = /its logs are kept in (\S+)/.exec(child.err) ?? [];
      expect(directory, child.err).toContain(temporary);
      expect(readFileSync(join(directory, 'console.log'), 'utf8')).toContain('/api/V2/group');
    }),
    120_000,
  );
});

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ: the demo with --amqp (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());

  it('RabbitMQ: the demo with --amqp', async () => {
    expect(await demo('--agents', '25', '--amqp', rabbit.url)).toMatchObject({
      agents: 25,
      converged: 25,
      tampered_found: 1,
    });
    // It leaves nothing behind but the queue that every server and agent declares.
    const queues = await rabbit.ctl('list_queues', '-p', 'dog', 'name');
    expect(queues.split('\n').filter((name) => /^(ips|iptables|config|file_transfer)/.test(name))).toEqual(['ips']);
  }, 120_000);
}
