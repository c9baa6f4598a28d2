import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { consoleText } from '../../src/cli/console-text.js';
import { adminSocket } from '../../src/config/admin-socket.js';
import { loadConfig } from '../../src/config/load.js';
import { askConsole, completeConsole } from '../../src/http/admin/admin-client.js';
import { CONSOLE_VERBS } from '../../src/http/admin/console-verbs.js';
import type { JsonObject } from '../../src/model/document.js';
import { listenTo } from '../support/event-client.js';
import { runMain } from '../support/main-child.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer, until } from '../support/whole-server.js';

/** A user who owns nothing. */
const NOBODY = 65_534;

const NEEDS: Readonly<Record<string, string>> = {
  host: 'nobody',
  compile: 'web',
  state: 'dog_trainer/store_sup',
  trace: 'dog_trainer/publishers_sup/census 1',
  explain: 'any group:web tcp 22',
};

/** How often each actor was started again. */
function restartsOf(node: JsonObject): readonly unknown[] {
  return [
    [node['path'], node['pid'], node['restarts']],
    ...((node['children'] ?? []) as readonly JsonObject[]).flatMap(restartsOf),
  ];
}

describe('the console', () => {
  it('answers every verb from inside the server, and nothing else', { timeout: 60_000 }, async () => {
    const server = await startWholeServer();
    await server.group('web');
    await server.create('host', {
      name: 'web1',
      hostkey: 'hostkey-of-web1',
      group: 'web',
      environment: '*',
      location: '*',
      active: 'active',
      interfaces: JSON.stringify({ eth0: ['10.0.0.5'] }),
    });
    const ask = (line: string) => runCliInProcess(['console', '--data', server.data, '--json', '-e', line]);
    for (const verb of Object.keys(CONSOLE_VERBS).filter((name) => name !== 'host' && name !== 'eval')) {
      const { code, err } = await ask(`${verb} ${NEEDS[verb] ?? ''}`);
      expect([verb, code, err]).toEqual([verb, 0, '']);
    }
    expect(JSON.parse((await ask('compile web')).out)).toMatchObject({ name: 'web', state: 'published' });
    expect(JSON.parse((await ask('state dog_trainer/store_sup')).out)).toMatchObject({
      actor: { path: 'dog_trainer/store_sup' },
      running: expect.any(Object) as unknown,
    });
    const texts = (await server.api('GET', '/api/V2/group/web/ipsetsv6')).text;
    expect(JSON.parse((await ask('compile web v6')).out)).toBe(texts);
    expect((await runCliInProcess(['console', '--data', server.data, '-e', 'compile  web   v6'])).out).toBe(texts);
    const trace = JSON.parse((await ask('trace dog_trainer/store_sup/store 1')).out) as JsonObject;
    expect(trace).toMatchObject({ path: 'dog_trainer/store_sup/store', events: expect.any(Array) as unknown });
    expect(Number(trace['seconds'])).toBeGreaterThanOrEqual(1);
    expect(JSON.parse((await ask('explain 192.0.2.1 group:web tcp 22')).out)).toMatchObject({
      verdict: expect.any(String) as string,
      cases: expect.any(Array) as unknown,
    });
    expect(JSON.parse((await ask('explain any group:web v4')).out)).toMatchObject({
      verdict: expect.any(String) as string,
    });
    for (const [line, exit, says] of [
      ['process.exit(1)', 64, 'there is no \\"process.exit(1)\\"'],
      ['constructor', 64, 'help lists'],
      ['host', 64, 'usage: host NAME'],
      ['host nobody', 1, 'there is no host nobody'],
      ['drift nobody', 1, 'there is no group nobody'],
      ['status now', 64, 'nothing follows status'],
      ['trace dog_trainer/nobody', 1, 'there is no running actor with the path dog_trainer/nobody'],
      ['trace dog_trainer/store_sup/store 9', 64, 'seconds must be a whole number from 1 to 8'],
      ['compile web v5', 1, 'there is no group web v5'],
      ['compile nobody v4', 1, 'there is no group nobody'],
      ['eval 1 + 1', 64, 'eval is off: it runs any code in the server; console.eval: true'],
      ['explain any', 64, 'usage: explain FROM TO [PROTOCOL [PORT]] [v4|v6]'],
      ['explain any group:web tcp 22 v6 v6', 64, 'usage: explain'],
      ['explain any group:web tcp 22 v6', 64, 'group:web has no address of the family v6'],
      ['explain any group:nobody', 1, 'nobody'],
      ['explain any group:web tcp 99999', 64, 'port: must be a whole number from 0 to 65535'],
      ['explain any group:web tcp ssh', 64, 'ssh is not a port'],
      ['x'.repeat(2000), 64, 'at most 1000 characters'],
    ] as const) {
      const { code, err } = await ask(line);
      expect([code, err]).toEqual([exit, expect.stringContaining(says.replaceAll('\\"', '"'))]);
    }
  });

  it('lists hosts by state, group or name, and completes what follows a verb', { timeout: 60_000 }, async () => {
    const server = await startWholeServer();
    await server.group('web');
    await server.group('db');
    for (const name of ['b.example', 'a.example'])
      await server.create('host', { name, hostkey: `key-${name}`, group: 'web', environment: '*', location: '*' });
    const socket = adminSocket(loadConfig({ data: server.data, set: [] }).config);
    const complete = (line: string) => completeConsole(socket, line);
    const hosts = async (text: string) => {
      const { out } = await runCliInProcess(['console', '--data', server.data, '--json', '-e', `hosts ${text}`]);
      return (JSON.parse(out) as { readonly hosts: readonly { readonly name: string }[] }).hosts.map(
        ({ name }) => name,
      );
    };
    expect(await hosts('')).toEqual(['a.example', 'b.example']);
    expect(await hosts('web')).toEqual(['a.example', 'b.example']);
    expect(await hosts('key-b')).toEqual(['b.example']);
    expect(await hosts('db')).toEqual([]);
    expect(await complete('tr')).toEqual({ candidates: ['tree ', 'trace '], word: 'tr' });
    expect(await complete('compile w')).toEqual({ candidates: ['web'], word: 'w' });
    expect(await complete('host a')).toEqual({ candidates: ['a.example'], word: 'a' });
    expect(await complete('hosts a')).toEqual({ candidates: ['active', 'active_hashfail'], word: 'a' });
    expect((await complete('hosts w')).candidates).toEqual(['web']);
    expect((await complete('compile web ')).candidates).toEqual(['v4', 'v6']);
    expect((await complete('explain any any t')).candidates).toEqual(['tcp']);
    expect((await complete('explain any any tcp 22 ')).candidates).toEqual(['v4', 'v6']);
    expect(await complete('explain group:web host:b')).toEqual({ candidates: ['host:b.example'], word: 'host:b' });
    expect(await complete('tree dog_trainer/store')).toEqual({
      candidates: ['dog_trainer/store_sup/'],
      word: 'dog_trainer/store',
    });
    expect((await complete('state dog_trainer/store_sup/')).candidates).toContain('dog_trainer/store_sup/store');
    expect(await complete('status x')).toEqual({ candidates: [], word: 'x' });
  });

  it('evaluates code where console.eval is on, and writes it down', { timeout: 60_000 }, async () => {
    const server = await startWholeServer({ set: ['console.eval=true'] });
    await server.group('web');
    const ask = (line: string) => runCliInProcess(['console', '--data', server.data, '-e', line]);
    const group = "operations.fleet.groups().map((one)  =>  one.name + '  ' + one.state)";
    expect(await ask(`eval ${group}`)).toEqual({ code: 0, out: "[ 'web  published' ]\n", err: '' });
    expect((await ask('eval operations.tree({ depth: 0 }).path')).out).toBe("'dog_trainer'\n");
    expect((await ask('eval hosts()')).out).toBe('[]\n');
    expect(await ask('eval nothing.there')).toMatchObject({
      code: 64,
      err: expect.stringContaining('it threw ReferenceError: nothing is not defined') as string,
    });
    const audit = (await server.api('GET', '/api/V2/audit?resource=setting&id=console_eval'))
      .json as unknown as readonly { readonly author: string; readonly after: JsonObject }[];
    expect(audit.map(({ author, after }) => [author, after['code']])).toEqual([
      ['local operator', 'nothing.there'],
      ['local operator', 'hosts()'],
      ['local operator', 'operations.tree({ depth: 0 }).path'],
      ['local operator', group],
    ]);
    // What code leaves behind ends no part of the server.
    const before = (await server.api('GET', '/api/V2/actors')).json;
    expect((await ask("eval operations.drift.constructor('return process')().nextTick(() => { throw 1 })")).code).toBe(
      0,
    );
    expect((await ask('eval void Promise.reject(new Error("nobody waits"))')).out).toBe('undefined\n');
    expect(restartsOf((await server.api('GET', '/api/V2/actors')).json)).toEqual(restartsOf(before));
  });

  it('tells people moments in UTC and how long ago, names first, and draws the tree', () => {
    const rows = [{ compiled_at: 1_795_941_315, ageMs: 3, age_seconds: 3, id: 'x', name: 'web', sent: { since: 7 } }];
    expect(consoleText(rows, 1_795_941_495)).toBe(
      '- name: web\n  compiled_at: 2026-11-29T08:35:15Z, 3m ago\n  age_seconds: 3\n  id: x\n  sent:\n    since: 7\n',
    );
    expect(consoleText({ at: 1_795_941_315_197 }, 0)).toBe('at: 2026-11-29T08:35:15.197Z\n');
    const actor = { path: 'dog_trainer', id: 'dog_trainer', state: 'waiting', mailbox: 0, handled: 1, restarts: 0 };
    const tree = consoleText({ ...actor, last_crash: null, detail: { since: 1_795_941_315, up: true } }, 0);
    expect(tree).toMatch(/^actor +state .*\ndog_trainer +waiting .* since=2026-11-29T08:35:15Z up=true\n$/);
  });

  it('bounds lines, lists, candidates and traces', { timeout: 60_000 }, async () => {
    const server = await startWholeServer();
    const names = Array.from({ length: 205 }, (_, n) => `h${String(n).padStart(3, '0')}`);
    for (const name of names)
      await server.create('host', { name, hostkey: `hostkey-${name}`, group: 'web', environment: '*', location: '*' });
    const socket = adminSocket(loadConfig({ data: server.data, set: [] }).config);
    const ask = (line: string) => askConsole(socket, line);
    const { total, hosts } = (await ask('hosts')) as { readonly total: number; readonly hosts: readonly object[] };
    expect([total, hosts.length]).toEqual([205, 200]);
    expect((await completeConsole(socket, 'host h')).candidates).toEqual(names.slice(0, 100));
    expect(await completeConsole(socket, `host ${' '.repeat(1000)}h`)).toMatchObject({ candidates: [] });
    await expect(ask(`hosts ${'h'.repeat(995)}`)).rejects.toThrow('a line has at most 1000 characters');
    expect(await ask(`hosts ${'h'.repeat(994)}`)).toEqual({ total: 0, hosts: [] });
    for (const seconds of ['0', '9', '99999999'])
      await expect(ask(`trace dog_trainer/store_sup/store ${seconds}`)).rejects.toThrow('from 1 to 8');
  });

  it('traces four actors at once at most, those of the API among them', { timeout: 60_000 }, async () => {
    const server = await startWholeServer();
    const socket = adminSocket(loadConfig({ data: server.data, set: [] }).config);
    const store = 'dog_trainer/store_sup/store';
    const trace = () => askConsole(socket, `trace ${store} 1`);
    const stream = () => listenTo(`${server.server.listening.api}/api/V2/actors/${encodeURIComponent(store)}/trace`);
    const streams = await Promise.all([stream(), stream(), stream()]);
    onTestFinished(() => streams.forEach((each) => each.close()));
    const fourth = trace();
    await until(async () => {
      const refused = await stream();
      if (refused.status === 200) refused.close();
      return refused.status === 503 && refused.text() === '';
    }, 'the place of the fourth is taken');
    await expect(trace()).rejects.toThrow('4 actors are being traced already; try again when');
    expect((await server.api('GET', `/api/V2/actors/${encodeURIComponent(store)}/trace`)).json).toMatchObject({
      code: 'too_many_traces',
    });
    expect(await fourth).toMatchObject({ path: store });
    // Its place is free again, and that of a client that goes away.
    expect(await trace()).toMatchObject({ path: store });
    streams[0]?.close();
    await until(() => Promise.all([trace(), trace()]).catch(() => undefined), 'two places');
  });

  it('says where it looked when no server runs', async () => {
    const data = temporaryDirectory();
    for (const line of [['-e', 'status'], []]) {
      const { code, err } = await runCliInProcess(['console', '--data', data, ...line]);
      expect([code, err]).toEqual([
        1,
        expect.stringContaining(`no server runs here: there is no socket ${data}/run/admin.sock`),
      ]);
    }
  });

  it('says that a server has ended where it left its socket', async () => {
    const data = temporaryDirectory();
    const left = join(data, 'run', 'admin.sock');
    mkdirSync(join(data, 'run'));
    // Ended by SIGKILL, Node does not take the socket away.
    spawnSync(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(left)}, () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    const { code, err } = await runCliInProcess(['console', '--data', data, '-e', 'status']);
    expect([code, err]).toEqual([1, expect.stringContaining(`no server listens on ${left}`)]);
  });

  it.runIf(process.getuid?.() === 0)(
    'says to another user who may open the socket, and how',
    { timeout: 60_000 },
    async () => {
      const server = await startWholeServer();
      for (const line of [['console', '-e', 'status'], ['console'], ['token', 'list']]) {
        const child = runMain([...line, '--data', server.data], {}, undefined, NOBODY);
        expect([await child.ended, child.err]).toEqual([
          1,
          `dog-trainer: you may not open ${server.data}/run/admin.sock: only the user that the server runs as and root may. Run this command with sudo\n`,
        ]);
      }
    },
  );
});
