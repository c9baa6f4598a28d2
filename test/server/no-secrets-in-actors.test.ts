import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crash, findActor, type Pid } from '../../src/otp/index.js';
import { linkTo } from '../support/linked-servers.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { listenAsAgent, report, reportOf, startWholeServer, until, type WholeServer } from '../support/whole-server.js';

/** In each secret of the configuration and of documents. */
const MARK = 'Zq7secret';
const KEY = Buffer.from(`${MARK}${'x'.repeat(24)}`).toString('base64');

const SECRETS: readonly string[] = [
  `smtp_password=${MARK}-mail`,
  'smtp_relay=127.0.0.1',
  'smtp_port=9',
  'smtp_username=dog',
  'smtp_from=dog@example.net',
  'smtp_to=["ops@example.net"]',
  `webhook.url=http://127.0.0.1:9/${MARK}-hook`,
  `webhook.secret=whsec_${KEY}`,
  'ec2.mode=apply',
  `ec2.access_key_id=${MARK}-id`,
  `ec2.secret_access_key=${MARK}-ec2`,
  'ec2.endpoint=http://127.0.0.1:9',
  `broker.password=${MARK}-broker`,
  `broker.management.password=${MARK}-management`,
];

interface Node {
  readonly path: string;
  readonly pid: number | null;
}

async function allActors(w: WholeServer): Promise<readonly Node[]> {
  const page = (await w.api('GET', '/api/V2/actors?flat=true&limit=1000')).json as unknown as {
    readonly total: number;
    readonly actors: readonly Node[];
  };
  expect(page.actors).toHaveLength(page.total);
  return page.actors;
}

describe('secrets of the configuration and of links', { timeout: 120_000 }, () => {
  it('are in no state of an actor, crash report, event, or line of the log at level debug', async () => {
    const directory = temporaryDirectory();
    const set = [...SECRETS, 'log.level=debug', `log.dir=${directory}`];
    const w = await startWholeServer({ set });
    const { group } = await w.group('web', []);
    const link = linkTo('q1', 9, { direction: 'bidirectional' });
    const connection = { ...(link['connection'] as object), password: `${MARK}-link` };
    const linkId = await w.create('link', { ...link, connection });
    const ear = await listenAsAgent(w.broker, { hostkey: 'h1', group: 'web' });
    await report(ear.connection, 'force', reportOf('h1', 'web'));
    await until(() => w.host('h1'), 'the host');
    const { system } = w.server.state;
    const crashes = ['publishers_sup/census', `links_sup/link_sup/link:${linkId}`, 'alerts_sup/mailer'].map(
      (path) => `dog_trainer/${path}`,
    );
    const fallen = new Map<string, Pid>();
    for (const path of crashes) {
      const pid = await until(() => findActor(system, w.server.root, path), path);
      crash(system, pid, `cannot reach amqp://dog:${MARK}-url@mq:5672`);
      fallen.set(path, pid);
      await until(() => system.crashes.lastOf(path), `the report of ${path}`);
    }
    // All are back: a link's actor a moment later than others.
    for (const [path, pid] of fallen)
      await until(() => ![undefined, pid].includes(findActor(system, w.server.root, path)), `${path} is back`);
    const seen: string[] = [(await w.api('GET', '/api/V2/actors')).text, (await w.api('GET', '/readyz')).text];
    const actors = await allActors(w);
    const paths = actors.map(({ path }) => path);
    const wanted = [...crashes, `dog_trainer/groups_sup/group:${group}`, 'dog_trainer/hosts_sup/host:h1'];
    expect(wanted.filter((path) => !paths.includes(path))).toEqual([]);
    for (const { path, pid } of actors) {
      const { status, text } = await w.api('GET', `/api/V2/actors/${encodeURIComponent(path)}/state`);
      expect([status, pid === null || text.includes('"running":{'), path]).toEqual([200, true, path]);
      seen.push(text);
    }
    // By the library too, as a debugger or another way out would see it.
    for (const pid of system.processes()) seen.push(JSON.stringify(system.sys.getState(pid) ?? {}));
    for (const path of crashes) seen.push((await w.api('GET', `/api/V2/actors?path=${path}`)).text);
    await w.stop();
    const lines = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
    expect(lines.join('')).toContain('"level":"debug"');
    expect(lines.join('')).toContain('an actor crashed');
    const leaks = [...seen, ...lines.join('').split('\n')].filter((text) => text.includes(MARK) || text.includes(KEY));
    expect(leaks).toEqual([]);
  });
});
