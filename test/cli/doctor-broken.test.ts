import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { runMain } from '../support/main-child.js';
import { startRabbit } from '../support/rabbitmq.js';
import { noRethink, startRethink } from '../support/rethinkdb.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { mountTmpfs, noTmpfs } from '../support/tmpfs.js';

const NOBODY = 65_534;
const ALONE = ['--set', 'api.port=1', '--set', 'metrics.port=0'];

async function doctor(set: readonly string[], data = temporaryDirectory()) {
  const flags = set.flatMap((one) => ['--set', one]);
  const { code, out, err } = await runCliInProcess(['doctor', '--json', ...ALONE, '--data', data, ...flags]);
  expect(err).toBe('');
  return { code, findings: JSON.parse(out) as readonly Finding[] };
}

function about(findings: readonly Finding[], what: string): Finding | undefined {
  return findings.find((finding) => finding.what === what);
}

const rabbit = await startRabbit();
if ('unavailable' in rabbit) {
  it.skip(`doctor and RabbitMQ (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());

  it('doctor tells a wrong vhost, user and port of RabbitMQ from one another', { timeout: 120_000 }, async () => {
    const url = new URL(rabbit.url);
    const broker = (change: (at: URL) => void): readonly string[] => {
      const at = new URL(url);
      change(at);
      return ['broker.kind=amqp', `broker.url=${at.href}`];
    };
    const well = await doctor(broker(() => undefined));
    expect(about(well.findings, 'broker')).toMatchObject({ level: 'ok' });
    const advice = async (change: (at: URL) => void): Promise<string> => {
      const { code, findings } = await doctor(broker(change));
      const found = about(findings, 'broker');
      expect([code, found?.level]).toEqual([3, 'wrong']);
      expect(found?.says).not.toContain(url.password);
      return `${found?.says ?? ''}\n${found?.advice ?? ''}`;
    };
    expect(await advice((at) => void (at.pathname = '/elsewhere'))).toMatch(
      /virtual host.*\n.*broker\.virtual_host.*list_permissions -p VHOST/,
    );
    expect(await advice((at) => void (at.password = 'wrong'))).toMatch(/password is not right.*\n.*broker\.password/);
    expect(await advice((at) => void (at.port = '1'))).toMatch(/ECONNREFUSED.*\n.*RabbitMQ runs/);
  });
}

describe('doctor, where something is broken', () => {
  it.skipIf(noTmpfs !== undefined)('tells a disk that is nearly full', async () => {
    const data = mountTmpfs(32);
    const { code, findings } = await doctor([], data);
    expect([code, about(findings, 'disk of data_dir')]).toMatchObject([
      3,
      {
        level: 'wrong',
        says: expect.stringMatching(/: \d\d MB free$/) as string,
        advice: expect.stringContaining('make room') as string,
      },
    ]);
    // A disk with nothing left.
    spawnSync('dd', ['if=/dev/zero', `of=${join(data, 'full')}`, 'bs=1M']);
    const full = await doctor([], data);
    expect(about(full.findings, 'disk of data_dir')).toMatchObject({
      level: 'wrong',
      says: expect.stringContaining(' 0 MB free') as string,
    });
    expect(full.findings.some(({ what, says }) => what === 'start' && says.includes('full'))).toBe(true);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'tells files that the service cannot read, and a directory that is not ours',
    { timeout: 60_000 },
    async () => {
      const root = temporaryDirectory();
      chmodSync(root, 0o755);
      const data = join(root, 'data');
      mkdirSync(data, { mode: 0o700 });
      chownSync(data, NOBODY, NOBODY);
      writeFileSync(join(data, 'dog_trainer.db.owner'), '1\n', { mode: 0o600 });
      const { code, findings } = await doctor([], data);
      expect([code, about(findings, 'owner of files')]).toMatchObject([
        3,
        {
          level: 'wrong',
          advice: expect.stringContaining(`chown -R --no-dereference ${NOBODY}:${NOBODY} ${data}`) as string,
        },
      ]);
      chownSync(join(data, 'dog_trainer.db.owner'), NOBODY, NOBODY);
      expect(about((await doctor([], data)).findings, 'owner of files')).toMatchObject({ level: 'ok' });
      // The same seen by somebody else.
      const roots = join(root, 'roots');
      mkdirSync(roots, { mode: 0o700 });
      const child = runMain(['doctor', '--json', ...ALONE, '--data', roots], {}, undefined, NOBODY);
      expect(await child.ended, child.err).toBe(3);
      const wrong = (JSON.parse(child.out) as readonly Finding[]).filter(({ level }) => level === 'wrong');
      expect(wrong.map(({ says }) => says).join('\n')).toMatch(
        /may not be used by the user who runs this \(uid 65534\) \(EACCES\)/,
      );
    },
  );

  it.skipIf(noRethink !== undefined)('tells the release of RethinkDB', { timeout: 120_000 }, async () => {
    const server = await startRethink();
    try {
      const { findings } = await doctor(['store.kind=rethinkdb', `store.servers=["${server.host}:${server.port}"]`]);
      expect(about(findings, 'RethinkDB')?.says, JSON.stringify(findings)).toMatch(/^rethinkdb \d+\.\d+/);
    } finally {
      await server.close();
    }
  });
});
