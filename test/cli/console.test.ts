import { describe, expect, it } from 'vitest';
import { consoleText } from '../../src/cli/console-text.js';
import { adminSocket } from '../../src/config/admin-socket.js';
import { loadConfig } from '../../src/config/load.js';
import { completeConsole } from '../../src/http/admin/admin-client.js';
import { CONSOLE_VERBS } from '../../src/http/admin/console-verbs.js';
import type { JsonObject } from '../../src/model/document.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { startWholeServer } from '../support/whole-server.js';

const NEEDS: Readonly<Record<string, string>> = {
  host: 'nobody',
  compile: 'web',
  state: 'dog_trainer/store_sup',
  trace: 'dog_trainer/publishers_sup/census 1',
  explain: 'any group:web tcp 22',
};

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
    for (const verb of Object.keys(CONSOLE_VERBS).filter((name) => name !== 'host')) {
      const { code, err } = await ask(`${verb} ${NEEDS[verb] ?? ''}`);
      expect([verb, code, err]).toEqual([verb, 0, '']);
    }
    expect(JSON.parse((await ask('compile web')).out)).toMatchObject({ name: 'web', state: 'published' });
    expect(JSON.parse((await ask('state dog_trainer/store_sup')).out)).toMatchObject({
      actor: { path: 'dog_trainer/store_sup' },
      running: expect.any(Object) as unknown,
    });
    const trace = JSON.parse((await ask('trace dog_trainer/store_sup/store 1')).out) as JsonObject;
    expect(trace).toMatchObject({ path: 'dog_trainer/store_sup/store', events: expect.any(Array) as unknown });
    expect(Number(trace['seconds'])).toBeGreaterThanOrEqual(1);
    expect(JSON.parse((await ask('explain 192.0.2.1 group:web tcp 22')).out)).toMatchObject({
      verdict: expect.any(String) as string,
      cases: expect.any(Array) as unknown,
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
      ['explain any', 64, 'usage: explain FROM TO [PROTOCOL [PORT]]'],
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
    expect(await complete('explain group:web host:b')).toEqual({ candidates: ['host:b.example'], word: 'host:b' });
    expect(await complete('tree dog_trainer/store')).toEqual({
      candidates: ['dog_trainer/store_sup/'],
      word: 'dog_trainer/store',
    });
    expect((await complete('state dog_trainer/store_sup/')).candidates).toContain('dog_trainer/store_sup/store');
    expect(await complete('status x')).toEqual({ candidates: [], word: 'x' });
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

  it('says when no server listens', async () => {
    const { code, err } = await runCliInProcess(['console', '--data', temporaryDirectory(), '-e', 'status']);
    expect([code, err]).toEqual([1, expect.stringContaining('no server listens on')]);
  });
});
