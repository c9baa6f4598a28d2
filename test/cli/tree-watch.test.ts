import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ActorView } from '../../src/operations/actors/actor-view.js';
import { actorView } from '../support/actor-view.js';
import { program, runMain } from '../support/main-child.js';
import { until } from '../support/whole-server.js';

const PATIENT = { timeout: 60_000, interval: 20 };
const SCRIPT = '/usr/bin/script';
const noTerminal = existsSync(SCRIPT) ? undefined : `no ${SCRIPT}, which makes a terminal`;
if (noTerminal !== undefined) process.stdout.write(`tree --watch on a terminal skipped: ${noTerminal}\n`);

/** What has no actors below it. */
function worker(id: string, more: Partial<ActorView> = {}): ActorView {
  return actorView(`dog_trainer/${id}`, more);
}

/** A server whose actor has handled one message more at each look; `away`: it hangs up. */
async function countingServer(children: readonly ActorView[] = []) {
  const server = { url: '', looks: 0, away: false, tries: 0, close: (): void => undefined };
  const listener = createServer((_request, response) => {
    if (server.away) {
      server.tries += 1;
      response.destroy();
      return;
    }
    server.looks += 1;
    const counts = { specs: 1, active: 1, supervisors: 0, workers: 1 };
    const supervisor = {
      strategy: 'one_for_one',
      intensity: 1,
      period_seconds: 5,
      periodS: 5,
      restarts_used: 0,
      restartsUsed: 0,
      counts,
      total: children.length + 1,
      offset: 0,
    };
    const busy = worker('busy', { handled: 1000 + server.looks });
    const top = actorView('dog_trainer', { type: 'supervisor', supervisor, children: [busy, ...children] });
    response.end(JSON.stringify(top));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  server.url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  onTestFinished(() => void listener.close());
  return server;
}

describe('tree --watch', { timeout: 120_000 }, () => {
  it('in a pipe prints one plain tree after another, says once that the server is away, and ends on SIGINT', async () => {
    const server = await countingServer();
    const child = runMain(['tree', '--url', server.url, '--watch', '1']);
    await until(() => child.out.includes('1002'), 'two looks', PATIENT);
    server.away = true;
    await until(() => server.tries >= 3, 'tries while it is away', PATIENT);
    expect(child.err).toMatch(/^dog-trainer: no server answers at http:\S+: [^\n]+; asking again\n$/);
    expect(child.process.exitCode).toBeNull();
    const last = server.looks;
    server.away = false;
    await until(() => child.out.includes(`${1000 + last + 1}`), 'a look after it is back', PATIENT);
    child.process.kill('SIGINT');
    expect(await child.ended).toBe(0);
    expect(child.out).not.toContain('\u001b');
    const trees = child.out.split(/(?=^actor )/m);
    expect(trees.length).toBeGreaterThanOrEqual(3);
    for (const [index, text] of trees.entries())
      expect(text).toMatch(new RegExp(`─ busy +waiting +0 +${1001 + index} `));
  });

  it('ends at once where the first look fails', async () => {
    const server = await countingServer();
    server.away = true;
    const child = runMain(['tree', '--url', server.url, '--watch', '1']);
    expect(await child.ended).toBe(1);
    expect(child.err).toContain(`no server answers at ${server.url}`);
    expect(server.tries).toBe(1);
  });

  it.skipIf(noTerminal !== undefined)(
    'draws on a screen of its own, no more than fits, and on Ctrl-C leaves the terminal as it was',
    async () => {
      const server = await countingServer(Array.from({ length: 30 }, (_, n) => worker(`idle${n}-${'x'.repeat(16)}`)));
      const run = [process.execPath, ...program(), 'tree', '--url', server.url, '--watch', '1'];
      const shell = [
        'stty rows 10 cols 60',
        'before=$(stty -g)',
        'trap : INT',
        run.map((word) => `'${word}'`).join(' '),
        'echo "code=$?"',
        'test "$before" = "$(stty -g)" && echo same-terminal',
      ].join('; ');
      const terminal = spawn(SCRIPT, ['-qec', shell, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
      onTestFinished(() => void terminal.kill('SIGKILL'));
      let out = '';
      terminal.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      const ended = new Promise((resolve) => terminal.once('close', resolve));
      await until(() => out.includes('1002'), 'two looks', PATIENT);
      server.away = true;
      await until(() => out.includes('not seen since'), 'the trouble', PATIENT);
      server.away = false;
      const looks = server.looks;
      await until(() => out.includes(`${1000 + looks + 1}`), 'a look after it is back', PATIENT);
      terminal.stdin.write('\u0003');
      await ended;
      expect(out.replaceAll('\r', '')).toMatch(/\u001b\[\?25h\u001b\[\?1049l(\^C)?\n?code=0\nsame-terminal\n$/);
      expect(out.match(/\u001b\[\?1049h/g)).toHaveLength(1);
      const screens = out.slice(0, out.indexOf('\u001b[?1049l')).split('\u001b[H').slice(1);
      for (const screen of screens) {
        const lines = screen.replace(/\u001b\[J.*$/s, '').split('\u001b[K');
        expect(lines.pop()).toBe('');
        expect(lines).toHaveLength(10);
        expect(Math.max(...lines.map((line) => line.trim().length))).toBeLessThanOrEqual(60);
        expect(lines[9]).toMatch(/(24|26) more lines/);
      }
      expect(screens.find((screen) => screen.includes('not seen since'))).toContain('no server answers');
    },
  );
});
