import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { printTree } from '../../src/cli/print-tree.js';
import {
  crash,
  findActor,
  startDynamicChild,
  startGenServer,
  startSupervisor,
  type ChildSpec,
  type Pid,
} from '../../src/otp/index.js';
import type { ActorRequest, ActorView } from '../../src/operations/actors/actor-view.js';
import { viewActors } from '../../src/operations/actors/view-actors.js';
import { actorView } from '../support/actor-view.js';
import { startApiServer } from '../support/api-server.js';
import { started } from '../support/supervision.js';
import { virtualSystem } from '../../src/otp/testing/index.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';

const START = Date.UTC(2026, 0, 1);

/** A real tree: dog_trainer with a mailer, and a hosts_sup of `hosts` dynamic hosts that say who they are. */
async function realTree(hosts: number) {
  const v = virtualSystem(START);
  const host: ChildSpec<readonly [string]> = {
    id: 'host',
    restart: 'temporary',
    start: ({ system, parent }, key) =>
      startGenServer(
        system,
        { describe: () => ({ name: `web${key}`, state: 'active', differing: [] }) },
        { parent, label: `host:${key}` },
      ),
  };
  const children: ChildSpec[] = [
    {
      id: 'mailer',
      start: ({ system, parent }) =>
        startGenServer(system, { describe: () => ({ relay: 'away', waiting: 3 }) }, { parent }),
    },
    {
      id: 'hosts_sup',
      type: 'supervisor',
      start: ({ system, parent }) =>
        startSupervisor(system, () => ({ flags: { strategy: 'simple_one_for_one' }, children: [host] }), {
          parent,
          name: 'hosts_sup',
        }),
    },
  ];
  const flags = { strategy: 'one_for_one', intensity: 5, periodS: 10 } as const;
  const root = started(await v.run(startSupervisor(v.system, () => ({ flags, children }), { label: 'dog_trainer' })));
  for (let n = 0; n < hosts; n += 1) await v.run(startDynamicChild(v.system, 'hosts_sup', [`${n}`]));
  const look = (request: ActorRequest) => viewActors({ system: v.system }, root, request);
  return { system: v.system, idle: () => v.idle(), advance: (ms: number) => v.advance(ms), root, look };
}

async function serverThat(
  answer: (path: string, token: string | undefined) => { status: number; body: string },
): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '', request.headers.authorization);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('printTree', () => {
  it('shows what the server tells: names, figures, the last crash and what actors say of themselves', async () => {
    const { system, root, look, idle, advance } = await realTree(1);
    await advance(500);
    crash(system, findActor(system, root, 'dog_trainer/mailer') as Pid, 'no\n  at x');
    await idle();
    const lines = printTree(look({}) as ActorView).split('\n');
    expect(lines[0]).toMatch(/^actor +state +mailbox +handled +restarts +last crash +detail$/);
    expect(lines[1]).toMatch(/^dog_trainer +waiting +0 +\d+ +0$/);
    expect(lines[2]).toMatch(/^├─ mailer +waiting +0 +\d+ +1 +2026-01-01T00:00:00Z Error: no +relay=away waiting=3$/);
    expect(lines[3]).toMatch(/^└─ hosts_sup +waiting +0 +\d+ +0$/);
    expect(lines[4]).toMatch(/^ {3}└─ host:0 \(web0\) +waiting +0 +0 +0 +state=active$/);
    expect(lines).toHaveLength(6);
  });

  it('counts the children that are left out, with the command that shows them', async () => {
    const { look } = await realTree(7);
    const lines = printTree(look({ limit: 3 }) as ActorView).split('\n');
    expect(lines.filter((line) => line.includes('host:'))).toHaveLength(3);
    expect(lines).toContain('   └─ 4 more: dog-trainer tree --path dog_trainer/hosts_sup --offset 3');
    const rest = printTree(look({ path: 'dog_trainer/hosts_sup', offset: 3, limit: 10 }) as ActorView).split('\n');
    expect(rest.filter((line) => line.includes('host:'))).toHaveLength(4);
    expect(rest).toContain('├─ 3 before these: dog-trainer tree --path dog_trainer/hosts_sup --offset 0');
  });

  it('lets no name move the cursor or turn the text round', () => {
    const node = actorView('x', {
      id: 'host:a\u001b[2J',
      detail: { name: '\u202Egpj', note: 'a\nb' },
      last_crash: { at: 0, reason: 'no\u001b[2J' },
    });
    const text = printTree(node);
    expect(text).toContain('1970-01-01T00:00:00Z no\\u{1B}[2J');
    expect(text).toContain('host:a\\u{1B}[2J (\\u{202E}gpj)');
    expect(text).toContain('note=a\\u{A}b');
  });
});

describe('tree', () => {
  it('asks the server at --url, with the token', async () => {
    const seen: (string | undefined)[] = [];
    const { look } = await realTree(1);
    const url = await serverThat((path, token) => {
      seen.push(path, token);
      return { status: 200, body: JSON.stringify(look({})) };
    });
    const { code, out } = await runCliInProcess(['tree', '--url', url], { DOGTRAINER_TOKEN: 'abc' });
    expect({ code, lines: out.split('\n').length }).toEqual({ code: 0, lines: 6 });
    expect(seen).toEqual(['/api/V2/actors', 'Bearer abc']);
  });

  it('prints what the API answers, a part of it too', async () => {
    const server = await startApiServer();
    onTestFinished(() => server.close());
    const { system, root, look, idle } = await realTree(5);
    crash(system, findActor(system, root, 'dog_trainer/mailer') as Pid, 'on purpose');
    await idle();
    server.runtime.tree = look;
    const whole = await runCliInProcess(['tree', '--url', server.url]);
    expect([whole.code, whole.err]).toEqual([0, '']);
    expect(whole.out).toContain('Error: on purpose');
    expect(whole.out).toContain('host:4 (web4)');
    const part = await runCliInProcess(['tree', '-u', server.url, '--path', 'dog_trainer/hosts_sup', '--offset', '4']);
    expect(part.out.match(/host:\d/g)).toEqual(['host:4']);
    expect(part.out).toContain('4 before these');
    for (const path of ['/api/V2/actors?limit=0', '/api/V2/actors?offset=-1', '/api/V2/actors?limit=1e3'])
      expect((await fetch(server.url + path)).status).toBe(400);
    expect(await runCliInProcess(['tree', '-u', server.url, '--offset', 'x'])).toMatchObject({ code: 64 });
  });

  it('says why there is no tree', async () => {
    const refusing = await serverThat(() => ({ status: 401, body: '{}' }));
    expect(await runCliInProcess(['tree', '-u', refusing])).toMatchObject({
      code: 1,
      err: expect.stringContaining('answered 401') as string,
    });
    const babbling = await serverThat(() => ({ status: 200, body: '<html>' }));
    expect(await runCliInProcess(['tree', '-u', babbling])).toMatchObject({
      code: 1,
      err: expect.stringContaining('did not answer with JSON') as string,
    });
    const foreign = await serverThat(() => ({ status: 200, body: '{"path":"x","id":"x","state":7}' }));
    expect(await runCliInProcess(['tree', '-u', foreign])).toMatchObject({
      code: 1,
      err: expect.stringContaining('the answer.state is not a string') as string,
    });
    const nobody = await runCliInProcess(['tree', '-s', 'api.port=1']);
    expect(nobody).toMatchObject({
      code: 1,
      err: expect.stringContaining('no server answers at http://127.0.0.1:1/') as string,
    });
  });
});
