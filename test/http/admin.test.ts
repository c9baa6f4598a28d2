import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenError } from '../../src/http/access/tokens.js';
import { createAdminApp } from '../../src/http/admin/admin-app.js';
import { tokenAdminOverSocket } from '../../src/http/admin/admin-client.js';
import { NoServerError } from '../../src/http/admin/socket-trouble.js';
import { type HttpServer, startHttpServer } from '../../src/http/server.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { client } from '../support/api-client.js';
import { FakeRuntime } from '../support/fake-runtime.js';

describe('tokens over the socket of a running server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'admin-'));
  const socketPath = join(folder, 'run', 'admin.sock');
  const tokens = tokenAdminOverSocket(socketPath);
  const lines: unknown[] = [];
  let api: ApiServer;
  let admin: HttpServer;

  beforeAll(async () => {
    api = await startApiServer({ auth: 'tokens' });
    const note = (fields: object, message: string) => void lines.push({ ...fields, message });
    const log = { info: note, warn: note, error: note };
    admin = await startHttpServer(
      createAdminApp({
        store: api.store,
        clock: Date,
        log,
        dialect: () => 'dog2',
        operations: () => new FakeRuntime(),
        evalIn: undefined,
      }),
      {
        socketPath,
      },
    );
  });
  afterAll(async () => {
    await admin.close(0);
    await api.close();
    rmSync(folder, { recursive: true });
  });

  it('is open to the server’s user only', () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
  });

  it('makes a token that works at once, lists it, and revokes it at once', async () => {
    const made = await tokens.create({ name: 'ci', scopes: ['read'] });
    const call = client(api.url, { authorization: `Bearer ${made.text}` });
    expect((await call('GET', '/api/V2/zones')).status).toBe(200);
    expect(await tokens.list()).toEqual([expect.objectContaining({ name: 'ci', scopes: ['read'], expires: null })]);
    expect(await tokens.revoke('ci')).toMatchObject({ name: 'ci' });
    expect((await call('GET', '/api/V2/zones')).status).toBe(401);
    expect(JSON.stringify(lines)).not.toContain(made.text);
  });

  it('says what an operator did wrong', async () => {
    await expect(tokens.create({ name: 'a b', scopes: ['read'] })).rejects.toThrow(TokenError);
    await expect(tokens.create({ name: 'x', scopes: ['all'] })).rejects.toThrow(/read, write, command/);
    await expect(tokens.create({ name: 'x', scopes: 'read' as unknown as string[] })).rejects.toThrow(
      /list of strings/,
    );
    await expect(tokens.revoke('nobody')).rejects.toThrow(/no token named/);
  });

  it('tells a server that is not there from one that refuses', async () => {
    await expect(tokenAdminOverSocket(join(folder, 'none.sock')).list()).rejects.toThrow(NoServerError);
  });

  it('listens in the place of a stale socket, never in that of a live server', async () => {
    const stale = join(folder, 'stale.sock');
    writeFileSync(stale, '');
    const app = createAdminApp({
      operations: () => new FakeRuntime(),
      evalIn: undefined,
      store: api.store,
      clock: Date,
      log: { info() {}, warn() {}, error() {} },
      dialect: () => 'dog2',
    });
    const second = await startHttpServer(app, { socketPath: stale });
    await expect(startHttpServer(app, { socketPath: stale })).rejects.toThrow(/EADDRINUSE/);
    await second.close(0);
  });
});
