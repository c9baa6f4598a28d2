import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adminSocket } from '../../src/config/admin-socket.js';
import { createAdminApp } from '../../src/http/admin/admin-app.js';
import { startHttpServer } from '../../src/http/server.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { FakeRuntime } from '../support/fake-runtime.js';

function token(data: string, ...args: string[]) {
  return runCliInProcess(['token', ...args, '--data', data]);
}

describe('token', () => {
  it('makes, lists and revokes tokens of a store that no server has open', async () => {
    const data = temporaryDirectory();
    const made = await token(
      data,
      'create',
      'terraform',
      '--scope',
      'read,write',
      '--scope',
      'command',
      '--expires',
      '30',
    );
    expect(made.code).toBe(0);
    expect(made.out).toMatch(/^\S{20,}\n$/);
    expect(made.err).toContain('not shown again');
    const listed = await token(data, 'list');
    expect(listed.out).toMatch(/^terraform\tread,write,command\tmade \d{4}-\d\d-\d\d\texpires \d{4}-\d\d-\d\d\t/);
    expect(listed.out).not.toContain(made.out.trim());
    expect(await token(data, 'revoke', 'terraform')).toMatchObject({ code: 0, out: 'revoked terraform\n' });
    expect(await token(data, 'list')).toMatchObject({ code: 0, out: '' });
  });

  it('asks the server that has the store open', async () => {
    const data = temporaryDirectory();
    const store = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
    onTestFinished(() => store.close());
    const refused = await token(data, 'create', 'a', '--scope', 'read');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('the store cannot be opened') as string });

    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const app = createAdminApp({
      store,
      clock: { now: () => Date.now() },
      log,
      dialect: () => 'dog2',
      operations: () => new FakeRuntime(),
      evalIn: undefined,
    });
    const server = await startHttpServer(app, { socketPath: adminSocket({ run_dir: join(data, 'run') }) });
    onTestFinished(() => server.close(100));
    expect((await token(data, 'create', 'a', '--scope', 'read', '--json')).out).toContain('"scopes":["read"]');
    expect((await token(data, 'create', 'a', '--scope', 'read')).err).toContain('there is a token named a already');
    expect((await token(data, 'list', '--json')).out).toContain('"name":"a"');
    expect((await token(data, 'revoke', 'a')).code).toBe(0);
    expect((await store.list('token')).length).toBe(0);
  });

  it.each([
    [['create', 'x'], 64, 'a token needs a scope: one or more of read, write, command'],
    [['create', 'x', '--scope', 'root'], 64, 'unknown scope "root"'],
    [['create', 'bad name', '--scope', 'read'], 64, 'a token name has'],
    [['create', 'x', '--scope', 'read', '--expires', '-1'], 64, 'must be a number of days above 0'],
    [['create', 'first', '--scope', 'read'], 1, 'there is a token named first already'],
    [['revoke', 'nobody'], 1, 'there is no token named "nobody"'],
  ])('%j is refused with exit code %d', async (args, code, reason) => {
    const data = temporaryDirectory();
    await token(data, 'create', 'first', '--scope', 'read');
    expect(await token(data, ...args)).toMatchObject({
      code,
      out: '',
      err: expect.stringContaining(reason) as string,
    });
  });
});
