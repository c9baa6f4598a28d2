import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLogger } from '../../src/log/create-logger.js';
import { redactLine, redactSecrets } from '../../src/log/redact-secrets.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

function logsIn(dir: string, level = 'info') {
  return createLogger({ dir, level, size: 1_000_000, keep: 2, crash_log: 'crash.log' });
}

function read(dir: string, name: string) {
  return existsSync(join(dir, name))
    ? readFileSync(join(dir, name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
}

describe('log files', () => {
  it('part lines by level: all in console.log, errors in error.log too, crash reports in crash.log', async () => {
    const dir = temporaryDirectory();
    const logs = logsIn(dir);
    logs.log.debug('unseen');
    logs.log.info({ group: 'web' }, 'compiled');
    logs.log.child({ room: 'broker' }).error({ err: new Error('gone') }, 'lost');
    logs.crash({ actor: 'hosts_sup/h1', err: new TypeError('odd') }, 'an actor crashed');
    await logs.close();
    expect(read(dir, 'console.log').map((line) => [line['level'], line['msg']])).toEqual([
      ['info', 'compiled'],
      ['error', 'lost'],
      ['error', 'an actor crashed'],
    ]);
    expect(read(dir, 'error.log').map((line) => line['msg'])).toEqual(['lost', 'an actor crashed']);
    expect(read(dir, 'error.log')[0]).toMatchObject({ room: 'broker', err: { type: 'Error', message: 'gone' } });
    expect(read(dir, 'crash.log')).toMatchObject([
      { actor: 'hosts_sup/h1', err: { type: 'TypeError' }, msg: 'an actor crashed' },
    ]);
    expect(read(dir, 'console.log')[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('follow a change of level, children too', async () => {
    const dir = temporaryDirectory();
    const logs = logsIn(dir);
    const child = logs.log.child({ room: 'x' });
    const grandchild = child.child({ deeper: true });
    child.debug('too early');
    logs.setLevel('debug');
    grandchild.debug('now');
    logs.setLevel('error');
    child.warn('too late');
    await logs.close();
    expect(read(dir, 'console.log').map((line) => line['msg'])).toEqual(['now']);
  });

  it('are not needed for the server to run: a directory that cannot be made is reported and survived', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, 'not a directory');
    let said = '';
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
    const logs = logsIn(join(file, 'logs'));
    const troubles = new Map<string, string | undefined>();
    logs.log.error('not into the void');
    logs.crash({ actor: 'x' }, 'nor a crash');
    await logs.close();
    logs.onTrouble((name, text) => troubles.set(name, text));
    expect(readFileSync(file, 'utf8')).toBe('not a directory');
    // Each line once, though three files could not take it.
    expect(said.match(/"msg":"not into the void"/g)).toHaveLength(1);
    expect(said.match(/"msg":"nor a crash"/g)).toHaveLength(1);
    expect([...troubles.keys()].sort()).toEqual(['console.log', 'crash.log', 'error.log']);
    expect(troubles.get('console.log')).toMatch(
      /logs\/console\.log cannot be written: .*; its lines go to standard error/,
    );
  });
});

describe('secrets', () => {
  it('are taken out wherever they stand', async () => {
    const dir = temporaryDirectory();
    const logs = logsIn(dir);
    logs.log.info(
      {
        password: 'hunter2',
        request: { headers: { Authorization: 'Bearer hunter2hunter2', 'set-cookie': ['hunter2'] } },
        link: { connection: { user: 'u', password: 'hunter2', ssl_options: {} } },
        list: [{ smtp_password: 'hunter2' }, 'amqp://u:hunter2@mq/dog'],
        err: Object.assign(new Error('connect amqp://u:hunter2@mq failed'), { token: 'hunter2' }),
      },
      'tried Bearer hunter2hunter2 at amqps://dog:hunter2@mq:5671/dog',
    );
    await logs.close();
    const text = readFileSync(join(dir, 'console.log'), 'utf8');
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({
      password: '(secret)',
      link: { connection: { user: 'u', password: '(secret)' } },
      list: [{ smtp_password: '(secret)' }, 'amqp://u:***@mq/dog'],
      msg: 'tried Bearer *** at amqps://dog:***@mq:5671/dog',
    });
  });

  it('need no copy where there are none', () => {
    const plain = { a: [1, { b: 'c' }], tokens_seen: 3, at: new Date(0) };
    expect(redactSecrets(plain)).toBe(plain);
    expect(redactLine('{"mail":"a@b.c"}')).toBe('{"mail":"a@b.c"}');
  });

  it('do not make a deep or circular field a danger', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(JSON.stringify(redactSecrets(circle))).toContain('(too deep)');
  });
});
