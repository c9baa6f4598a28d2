import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../src/operations/operations.js';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { type Client, client } from '../support/api-client.js';

const KEY = 'host key/with+odd%chars';
const PATH = `/api/V2/file_transfer/${encodeURIComponent(KEY)}`;

describe('remote commands and files', () => {
  let server: ApiServer;
  let call: Client;
  beforeAll(async () => {
    server = await startApiServer({ max_upload_bytes: 100_000 });
    call = client(server.url);
    const host = { id: 'h', name: 'h', hostkey: KEY, active: 'active' };
    await server.store.commit([{ op: 'create', table: 'host', doc: host }], { author: 'test' });
  });
  beforeEach(() => {
    server.runtime.commands.executes = (command) => ({ ok: true, value: `${command}\n` });
    server.runtime.commands.deletes = () => ({ ok: true, value: null });
    (server.runtime.commands.calls as unknown[][]).length = 0;
  });
  afterAll(() => server.close());

  const run = async (body: unknown) => call('POST', PATH, body, { 'x-consumer-username': 'felix' });

  it('a command answers 200 whatever becomes of it', async () => {
    expect(await run({ command: 'uptime', use_shell: 'true', user: 'root' })).toMatchObject({
      status: 200,
      json: { [KEY]: { retcode: 0, stdout: 'uptime', stderr: {} } },
    });
    expect(server.runtime.commands.calls).toEqual([
      ['execute', KEY, 'uptime', { apiUser: 'felix', useShell: true, user: 'root' }],
    ]);
    server.runtime.commands.executes = () => ({ ok: false, error: ['a', 'b'] });
    expect((await run({ command: 'x' })).json).toEqual({
      [KEY]: { retcode: 1, stdout: '', stderr: { error: ['a', 'b'] } },
    });
    server.runtime.commands.executes = () => new CommandError('timeout', 'no answer');
    expect((await run({ command: 'x' })).json).toEqual({
      [KEY]: { retcode: 1, stdout: '', stderr: { error: 'timeout' } },
    });
    server.runtime.commands.executes = () => new CommandError('unavailable', 'the broker is away');
    expect(await run({ command: 'x' })).toMatchObject({
      status: 200,
      json: { [KEY]: { stderr: { error: 'the broker is away' } } },
    });
    const unknown = await call('POST', '/api/V2/file_transfer/none', { command: 'x' });
    expect([unknown.status, unknown.json]).toEqual([
      200,
      { none: { retcode: 1, stdout: [], stderr: 'Hostkey not found' } },
    ]);
  });

  it.each([{}, { command: 1 }, { command: '' }, { command: 'x', use_shell: true }, { command: 'x', user: 7 }, []])(
    'a command like %j is 400',
    async (body) => {
      expect((await run(body)).status).toBe(400);
      expect(server.runtime.commands.calls).toEqual([]);
    },
  );

  const upload = async (files: readonly (readonly [name: string, content: string])[], path = PATH) => {
    const form = new FormData();
    for (const [name, content] of files) form.append('file', new Blob([content], { type: 'application/x-test' }), name);
    const response = await fetch(server.url + path, { method: 'POST', body: form });
    return { status: response.status, text: await response.text() };
  };

  it('stores each part with a file name, and fetches and removes it again', async () => {
    const { status, text } = await upload([
      ['/tmp/a b', 'one'],
      ['/tmp/empty', ''],
    ]);
    expect([status, JSON.parse(text)]).toEqual([
      200,
      [
        { 'content-disposition': 'form-data; name="file"; filename="/tmp/a b"', 'content-type': 'application/x-test' },
        {
          'content-disposition': 'form-data; name="file"; filename="/tmp/empty"',
          'content-type': 'application/x-test',
        },
      ],
    ]);
    const fetched = await call('GET', `${PATH}?path=/tmp/a+b`);
    expect([fetched.status, fetched.text, fetched.headers.get('content-type')]).toEqual([
      200,
      'one',
      'application/octet-stream',
    ]);
    expect((await call('GET', `${PATH}?path=/none`)).json).toEqual({ error: 'enoent' });
    expect((await call('GET', '/api/V2/file_transfer/none?path=/x')).json).toEqual({ error: 'Hostkey not found' });
    expect((await call('DELETE', `${PATH}?path=/tmp/empty`)).status).toBe(204);
    server.runtime.commands.deletes = () => ({ ok: false, error: 'eperm' });
    expect(await call('DELETE', `${PATH}?path=/x`)).toMatchObject({ status: 500, json: { error: 'eperm' } });
    server.runtime.commands.deletes = () => new CommandError('timeout', 'no answer');
    expect(await call('DELETE', `${PATH}?path=/x`)).toMatchObject({ status: 500, json: { error: 'agent_timeout' } });
    const unknown = await upload([['/tmp/x', '']], '/api/V2/file_transfer/none');
    expect([unknown.status, unknown.text]).toEqual([403, expect.stringContaining('Hostkey not found')]);
  });

  it('answers in the order of the form, whichever file is on disk first', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `/tmp/file-${at}`);
    const { text } = await upload(names.map((name, at) => [name, at % 2 === 0 ? 'some content' : '']));
    const answered = (JSON.parse(text) as { 'content-disposition': string }[]).map(
      (part) => part['content-disposition'],
    );
    expect(answered).toEqual(names.map((name) => `form-data; name="file"; filename="${name}"`));
  });

  it('refuses paths that lead elsewhere, before any file is sent', async () => {
    for (const name of ['../etc/passwd', '/tmp/../etc/passwd', '/tmp/x/..', 'relative', '/dir/', '/a/../../b']) {
      expect(
        (
          await upload([
            ['/tmp/fine', 'x'],
            [name, 'y'],
          ])
        ).status,
      ).toBe(400);
      expect((await call('GET', `${PATH}?path=${encodeURIComponent(name)}`)).status).toBe(400);
      expect((await call('DELETE', `${PATH}?path=${encodeURIComponent(name)}`)).status).toBe(400);
    }
    for (const path of ['', '?path=', '?path=/a%00b']) expect((await call('GET', PATH + path)).status).toBe(400);
    expect(server.runtime.commands.calls).toEqual([]);
  });

  it('refuses forms that are too large, malformed or of another type', async () => {
    expect((await upload([['/tmp/x', 'x'.repeat(200_000)]])).status).toBe(413);
    const type = 'multipart/form-data; boundary=b';
    expect((await call('POST', PATH, 'nonsense', { 'content-type': type })).status).toBe(400);
    expect((await call('POST', PATH, '--b\r\n\r\nx', { 'content-type': 'multipart/form-data' })).status).toBe(400);
    expect((await call('POST', PATH, 'x', { 'content-type': 'text/plain' })).status).toBe(415);
    expect(server.runtime.commands.calls).toEqual([]);
  });

  it('is off unless it is switched on', async () => {
    const off = await startApiServer({ commands: false });
    const host = { id: 'h', name: 'h', hostkey: KEY, active: 'active' };
    await off.store.commit([{ op: 'create', table: 'host', doc: host }], { author: 'test' });
    const other = client(off.url);
    for (const [method, path, body] of [
      ['POST', PATH, { command: 'x' }],
      ['GET', `${PATH}?path=/x`, undefined],
      ['DELETE', `${PATH}?path=/x`, undefined],
    ] as const) {
      expect(await other(method, path, body)).toMatchObject({ status: 403, json: { code: 'commands_off' } });
    }
    expect(off.runtime.commands.calls).toEqual([]);
    const unknown = await other('POST', '/api/V2/file_transfer/none', { command: 'x' });
    expect([unknown.status, unknown.json]).toEqual([
      200,
      { none: { retcode: 1, stdout: [], stderr: 'Hostkey not found' } },
    ]);
    await off.close();
  });
});
