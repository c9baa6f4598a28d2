import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adviceForReason } from '../../src/cli/doctor/advice-for-reason.js';
import { lookAtCertificates, lookAtClock } from '../../src/cli/doctor/look-at-clock.js';
import { lookAtDisk } from '../../src/cli/doctor/look-at-disk.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { loadConfig } from '../../src/config/load.js';
import { makeCertificates } from '../support/certificates.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const DAY_MS = 86_400_000;

async function doctor(...args: string[]) {
  const run = await runCliInProcess(['doctor', '--json', '--set', 'api.port=1', '--set', 'metrics.port=0', ...args]);
  return { code: run.code, findings: JSON.parse(run.out) as readonly Finding[], err: run.err };
}

describe('doctor', () => {
  it('says what is wrong and what to do, and makes nothing', { timeout: 120_000 }, async () => {
    const data = join(temporaryDirectory(), 'none', 'yet');
    const { code, findings } = await doctor('--data', data, '--set', 'broker.kind=amqp', '--set', 'broker.port=1');
    expect(code).toBe(3);
    const broker = findings.find(({ what }) => what === 'broker');
    expect(broker).toMatchObject({ level: 'wrong', advice: expect.stringContaining('RabbitMQ') as string });
    expect(findings.find(({ what }) => what === 'server')).toMatchObject({ level: 'warning' });
    expect(findings.find(({ what }) => what === 'store')).toMatchObject({ level: 'warning' });
    expect(existsSync(data)).toBe(false);
  });

  it('finds that no server answers where one has run, or is installed', { timeout: 120_000 }, async () => {
    const data = temporaryDirectory();
    const alone = ['--data', data, '--set', 'api.port=1', '--set', 'metrics.port=0'];
    expect((await runCliInProcess(['token', 'create', 'first', '--scope', 'read', ...alone])).code).toBe(0);
    const { code, findings } = await doctor('--data', data);
    expect([code, findings.find(({ what }) => what === 'server')]).toMatchObject([
      3,
      { level: 'wrong', advice: expect.stringContaining('systemctl start dog_trainer') as string },
    ]);
    const installed = join(temporaryDirectory(), 'dog_trainer.yaml');
    writeFileSync(
      installed,
      `data_dir: ${join(temporaryDirectory(), 'none')}\napi: { port: 1 }\nmetrics: { port: 0 }\n`,
    );
    expect(await runCliInProcess(['doctor'], {}, installed)).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^wrong +server: none answers at/m) as string,
    });
  });

  it('says of each thing that /readyz names what to do about it', () => {
    expect(adviceForReason('alarm policy.emptied:web: the set web is empty')).toContain(
      'docs/operate.md, policy.emptied,',
    );
    expect(adviceForReason('publishing: paused by ann')).toContain('dog-trainer resume');
    expect(adviceForReason('groups: 1 cannot be compiled and keep their last good ruleset')).toContain(
      'dog-trainer groups',
    );
    expect(adviceForReason('broker: not connected to rabbit')).toContain('journalctl');
  });

  it('tells another program at the port from a server', { timeout: 120_000 }, async () => {
    const other = createServer((_, response) => response.end('{"status":"fine"}'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { code, findings } = await doctor('--data', temporaryDirectory(), '--set', `api.port=${port}`);
    expect([code, findings.find(({ what }) => what === 'server')]).toMatchObject([
      3,
      { says: expect.stringContaining('not answered by dog-trainer') as string },
    ]);
  });

  it('looks for room for a journal only where there is one: not with a broker in this process', () => {
    const keys = (kind: string): readonly string[] =>
      lookAtDisk(loadConfig({ data: temporaryDirectory(), set: [`broker.kind=${kind}`] }).config).map(
        ({ what }) => what,
      );
    expect(keys('memory')).toEqual(['disk of data_dir']);
    expect(keys('amqp')).toEqual(['disk of data_dir', 'disk of queuejournal.dir']);
  });

  it('ends with 0 where nothing is wrong', { timeout: 120_000 }, async () => {
    const data = temporaryDirectory();
    const { code, findings } = await doctor('--data', data);
    expect(findings.filter(({ level }) => level === 'wrong')).toEqual([]);
    expect([code, readdirSync(data)]).toEqual([0, []]);
  });
});

describe('clock and certificates', () => {
  const now = Date.UTC(2026, 5, 1);

  it('tells clocks that differ', () => {
    const date = (ms: number): string => new Date(ms).toUTCString();
    expect(lookAtClock(date(now), now - 100, now).level).toBe('ok');
    expect(lookAtClock(date(now + 60_000), now - 100, now).level).toBe('warning');
    expect(lookAtClock(date(now - 60_000), now - 100, now).level).toBe('warning');
    expect(lookAtClock(null, 0, 0).level).toBe('wrong');
  });

  it('tells certificates that end soon, have ended or have not begun', async () => {
    const files = makeCertificates(temporaryDirectory());
    const { config } = loadConfig({
      data: temporaryDirectory(),
      set: [
        'broker.kind=amqp',
        'broker.url=amqps://localhost',
        `broker.ssl_options.cacertfile=${files.ca}`,
        `broker.ssl_options.certfile=${files.client.cert}`,
        `broker.ssl_options.keyfile=${files.client.key}`,
      ],
    });
    const at = async (days: number): Promise<readonly string[]> =>
      (await lookAtCertificates(config, Date.now() + days * DAY_MS)).map(({ level }) => level);
    expect(await at(0)).toEqual(['warning', 'warning']);
    expect(await at(-30)).toEqual(['wrong', 'wrong']);
    expect(await at(100_000)).toEqual(['wrong', 'wrong']);
  });
});
