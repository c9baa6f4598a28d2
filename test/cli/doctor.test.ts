import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookAtCertificates, lookAtClock } from '../../src/cli/doctor/look-at-clock.js';
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
