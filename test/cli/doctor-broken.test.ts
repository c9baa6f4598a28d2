import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { lookAtServer } from '../../src/cli/doctor/look-at-server.js';
import type { Config } from '../../src/config/schema.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { runMain } from '../support/main-child.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { noRethink, startRethink, type RethinkServer } from '../support/rethinkdb.js';
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

  it.each(['leading (term 7)', 'standing by: a leads (term 7)'])(
    'takes the role of one of several servers for no fault, ready or not: %s',
    async (role) => {
      let answer: object = {};
      const api = createHttpServer((_request, response) => void response.end(JSON.stringify(answer)));
      await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void api.close());
      const config = { api: { host: '127.0.0.1', port: (api.address() as AddressInfo).port } } as unknown as Config;
      const levels = async (ready: boolean): Promise<readonly string[]> => {
        answer = { ready, reasons: ['the broker is away', role] };
        return (await lookAtServer(config, { expected: true })).findings.map(({ level, says }) => `${level} ${says}`);
      };
      expect(await levels(true)).toEqual([expect.anything(), 'warning the broker is away', `ok ${role}`]);
      expect(await levels(false)).toEqual(['wrong the broker is away', `ok ${role}`]);
    },
  );

  it('tells a RethinkDB that is away from one that is too old', async () => {
    const [port = 0] = await freePorts(1);
    const set = ['store.kind=rethinkdb', `store.servers=["127.0.0.1:${port}"]`];
    const advice = async (): Promise<string> => {
      const { code, findings } = await doctor(set);
      const found = about(findings, 'store');
      expect([code, found?.level]).toEqual([3, 'wrong']);
      return `${found?.says ?? ''}\n${found?.advice ?? ''}`;
    };
    expect(await advice()).toMatch(/ECONNREFUSED.*\n.*RethinkDB runs.* open from here/);
    const old = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('ERROR: Received an unsupported protocol version.\n\0');
    });
    await new Promise<void>((resolve) => old.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void old.close());
    expect(await advice()).toMatch(/from 2\.3 on.*\n.*upgrade RethinkDB/);
  });

  describe.skipIf(noRethink !== undefined)('at a RethinkDB', () => {
    let server: RethinkServer;
    beforeAll(async () => {
      server = await startRethink();
    }, 120_000);
    afterAll(() => server.close());
    const set = (...more: readonly string[]): readonly string[] => [
      'store.kind=rethinkdb',
      `store.servers=["${server.host}:${server.port}"]`,
      ...more,
    ];

    it('tells the release', async () => {
      const { findings } = await doctor(set());
      expect(about(findings, 'RethinkDB')?.says, JSON.stringify(findings)).toMatch(/^rethinkdb \d+\.\d+/);
    });

    it('takes a database that is not made yet for no fault', async () => {
      const { findings } = await doctor(set('store.database=nobody_made_this'));
      expect(about(findings, 'store')).toMatchObject({
        level: 'warning',
        says: 'RethinkDB has no database nobody_made_this yet',
        advice: expect.stringContaining('made at the first start') as string,
      });
    });

    it('tells a wrong password from rights that are missing', async () => {
      const beside = await server.connect('rethinkdb');
      onTestFinished(async () => void (await beside.close()));
      await r.dbCreate('of_others').run(beside);
      await r.db('of_others').tableCreate('zone').run(beside);
      await r.table('users').insert({ id: 'trainer', password: 'the right one' }).run(beside);
      const advice = async (password: string): Promise<string> => {
        const user = ['store.database=of_others', 'rethinkdb_username=trainer', `rethinkdb_password=${password}`];
        const found = about((await doctor(set(...user))).findings, 'store');
        expect(found?.level).toBe('wrong');
        expect(found?.says).not.toContain(password);
        return `${found?.says ?? ''}\n${found?.advice ?? ''}`;
      };
      expect(await advice('a guess')).toMatch(/Wrong password\n.*rethinkdb_password.*table\('users'\)/);
      expect(await advice('the right one')).toMatch(/permission\n.*r\.db\('of_others'\)\.grant\('trainer'/);
    });
  });
});
