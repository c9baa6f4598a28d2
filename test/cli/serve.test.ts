import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeCertificates } from '../support/certificates.js';
import { runMain } from '../support/main-child.js';
import type { MainChild } from '../support/main-child.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const FREE_PORTS = ['--set', 'api.port=0', '--set', 'metrics.port=0'];
function has(program: string) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}
// Each step starts processes, on a machine that may be busy.
const soon = { timeout: 60_000 };

/** The line `listening` of a server, once it is there. */
async function listening(child: MainChild): Promise<{ api: string; metrics: string }> {
  const lines = () => child.out.split('\n').filter((line) => line.includes('"msg":"listening"'));
  await vi.waitFor(() => expect(lines(), child.err).toHaveLength(1), soon);
  return JSON.parse(lines()[0] ?? '') as { api: string; metrics: string };
}

describe('start', { timeout: 180_000 }, () => {
  it('logs one line with the real ports, serves, and stops in order on SIGTERM', async () => {
    const child = runMain(['start', '--data', temporaryDirectory(), ...FREE_PORTS]);
    const { api, metrics } = await listening(child);
    expect((await fetch(`${api}/api/healthcheck`)).status).toBe(200);
    expect(await (await fetch(`${metrics}/imetrics/varz/gauges`)).text()).toContain('publish_queue_length 0\n');
    expect((await fetch(`${metrics}/livez`)).status).toBe(200);
    const tree = runMain(['tree', '--url', api]);
    expect(await tree.ended).toBe(0);
    expect(tree.out).toMatch(/^dog_trainer/m);
    expect(tree.out).toMatch(/─ intake_sup/);
    child.process.kill('SIGTERM');
    expect(await child.ended).toBe(0);
    expect(child.out).toMatch(/"left":\[\],"msg":"stopped"/);
    expect(child.err).toBe('');
  });

  it('writes log files with --set log.dir, and opens them anew on SIGHUP', async () => {
    const directory = temporaryDirectory();
    const console = join(directory, 'logs', 'console.log');
    const child = runMain(['start', '--data', directory, ...FREE_PORTS, '--set', `log.dir=${join(directory, 'logs')}`]);
    await vi.waitFor(() => expect(readFileSync(console, 'utf8')).toContain('"msg":"listening"'), soon);
    child.process.kill('SIGHUP');
    child.process.kill('SIGINT');
    expect(await child.ended).toBe(0);
    expect(child.out).toBe('');
    expect(readFileSync(console, 'utf8')).toContain('"msg":"stopped"');
  });

  it('says why it cannot start, with exit code 1, or 64 for its configuration', async () => {
    const directory = temporaryDirectory();
    const first = runMain(['start', '--data', directory, ...FREE_PORTS]);
    const { api } = await listening(first);
    const second = runMain(['start', '--data', directory, ...FREE_PORTS]);
    expect(await second.ended).toBe(1);
    expect(second.err).toMatch(/^dog-trainer: the server could not start: .* is in use by process \d+/m);
    const port = new URL(api).port;
    const third = runMain([
      'start',
      '--data',
      temporaryDirectory(),
      '--set',
      `api.port=${port}`,
      '--set',
      'metrics.port=0',
    ]);
    expect(await third.ended).toBe(1);
    expect(third.err).toContain(`api.port = ${port}: port ${port} of 127.0.0.1 is in use by another program`);
    const fourth = runMain(['start', '--data', directory, '--set', 'api.host=0.0.0.0']);
    expect(await fourth.ended).toBe(64);
    expect(fourth.err).toContain('api.allow_unauthenticated: true');
    expect(fourth.err).not.toContain('    at ');
  });
});

describe('under systemd', { timeout: 180_000 }, () => {
  it('tells readiness, feeds the watchdog, tells that it stops', async ({ skip }) => {
    for (const program of ['socat', 'systemd-notify']) {
      if (!has(program) && !existsSync(`/usr/bin/${program}`)) skip(`${program} is not installed`);
    }
    const directory = temporaryDirectory();
    const socket = join(directory, 'notify');
    // socat stands in for systemd: it prints each datagram that comes.
    const standIn = spawn('socat', ['-u', `UNIX-RECV:${socket}`, 'STDOUT'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void standIn.kill());
    let told = '';
    standIn.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await vi.waitFor(() => expect(existsSync(socket)).toBe(true), soon);
    const child = runMain(['start', ...FREE_PORTS], {
      NOTIFY_SOCKET: socket,
      WATCHDOG_USEC: '600000',
      STATE_DIRECTORY: join(directory, 'state'),
      LOGS_DIRECTORY: join(directory, 'logs'),
      RUNTIME_DIRECTORY: join(directory, 'run'),
    });
    await vi.waitFor(() => expect(told).toMatch(/READY=1\nSTATUS=API on http:\/\/127\.0\.0\.1:\d+/), soon);
    expect(existsSync(join(directory, 'state', 'dog_trainer.db'))).toBe(true);
    // The log's file and the stand-in have what they were told a moment later.
    const log = () => readFileSync(join(directory, 'logs', 'console.log'), 'utf8');
    await vi.waitFor(() => expect(log()).toContain('"msg":"listening"'), soon);
    await vi.waitFor(() => expect(told.match(/WATCHDOG=1/g)?.length).toBeGreaterThanOrEqual(3), soon);
    expect(told).not.toContain('STOPPING=1');
    child.process.kill('SIGTERM');
    expect(await child.ended).toBe(0);
    await vi.waitFor(() => expect(told).toContain('STOPPING=1'), soon);
    expect(child.err).toBe('');
  });

  it('has a unit that systemd finds nothing wrong with', ({ skip }) => {
    if (!has('systemd-analyze')) skip('systemd-analyze is not installed');
    // The program that it starts is not installed here: one that is stands in for it.
    const unit = join(temporaryDirectory(), 'dog_trainer.service');
    const text = readFileSync('packaging/systemd/dog_trainer.service', 'utf8');
    writeFileSync(unit, text.replace('/usr/bin/dog-trainer', '/bin/true'));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('has an example configuration that is valid', async () => {
    // As it is installed: it holds a password. Its files and directories are those of the test.
    const directory = temporaryDirectory();
    const file = join(directory, 'dog_trainer.yaml');
    const { ca, client } = makeCertificates(directory);
    const text = readFileSync('packaging/dog_trainer.yaml', 'utf8')
      .replace('/etc/dog_trainer/ca.crt', ca)
      .replace('/etc/dog_trainer/server.crt', client.cert)
      .replace('/etc/dog_trainer/server.key', client.key)
      .replace('/var/lib/dog_trainer', directory)
      .replace('/run/dog_trainer', join(directory, 'run'))
      .replace('port: 7070', 'port: 0')
      // With the broker that it has as an example.
      .replace(/^broker:\n {2}kind: memory\n/m, '')
      .replace(/^#(broker:|  )/gm, '$1');
    writeFileSync(file, text, { mode: 0o600 });
    const child = runMain(['config', 'check', '--config', file, '--set', 'metrics.port=0']);
    const soonOver = /^warning: broker\.ssl_options\.certfile = .*: expires on .*; renew it\n$/;
    expect([await child.ended, child.err]).toEqual([0, expect.stringMatching(soonOver)]);
  });
});
