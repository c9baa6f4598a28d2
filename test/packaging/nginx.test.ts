import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type SecureVersion } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createToken } from '../../src/http/access/tokens.js';
import { createSqliteStore } from '../../src/store/sqlite/create-sqlite-store.js';
import { noNginx, startNginx } from '../support/nginx-front.js';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';

const NAME = 'dog.example.org';
const MOST_UPLOAD = 4_294_967_296;

describe.skipIf(noNginx !== undefined)(`the nginx example${noNginx === undefined ? '' : ` (${noNginx})`}`, () => {
  const pki = mkdtempSync(join(tmpdir(), 'dog-nginx-'));
  beforeAll(() => {
    for (const args of [
      ['ca', pki],
      ['broker', pki, NAME],
    ])
      expect(spawnSync('packaging/certificates/make-certificates', args).status).toBe(0);
  });
  afterAll(() => rmSync(pki, { recursive: true, force: true }));

  async function front() {
    const store = await createSqliteStore({ path: ':memory:' });
    const { text } = await createToken(store, { name: 'ops', scopes: ['read', 'write', 'command'] }, BY);
    const set = [
      'api.auth=tokens',
      `api.allowed_hosts=["${NAME}"]`,
      'api.commands=true',
      'api.stream_heartbeat_seconds=60',
    ];
    const server = await startWholeServer({ store, set });
    const { port } = new URL(server.server.listening.api);
    const files = { certificate: join(pki, 'broker.crt'), key: join(pki, 'broker.key') };
    const nginx = await startNginx({ api: Number(port), ...files });
    const tls = { ca: readFileSync(join(pki, 'ca.crt')), servername: NAME };
    return { server, nginx, token: text, tls };
  }
  type Front = Awaited<ReturnType<typeof front>>;

  interface Asked {
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: Uint8Array;
  }
  /** The answer's beginning; the request is not ended where its headers announce more than `body` is. */
  function begin({ nginx, tls }: Front, path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
    const request = httpsRequest({
      ...tls,
      host: '127.0.0.1',
      port: nginx.httpsPort,
      path,
      method,
      headers: { host: NAME, ...headers },
      agent: false,
    });
    onTestFinished(() => void request.destroy());
    return new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject);
      if (headers['content-length'] === undefined) request.end(body);
      else request.flushHeaders();
    });
  }
  async function ask(to: Front, path: string, asked?: Asked) {
    const answer = await begin(to, path, asked);
    const text = (await answer.setEncoding('utf8').toArray()).join('');
    return { status: answer.statusCode, headers: answer.headers, text };
  }
  const bearer = ({ token }: Front) => ({ authorization: `Bearer ${token}` });

  it('is sound, as nginx itself says', async () => {
    const { nginx } = await front();
    // From 1.25.1 on nginx warns of how HTTP/2 is asked for; the example says so.
    const said = nginx.checked.said
      .split('\n')
      .filter((line) => !/"listen \.\.\. http2" directive is deprecated/.test(line));
    expect([nginx.checked.status, said.filter((line) => /\[(warn|emerg|alert|error)\]/.test(line))]).toEqual([0, []]);
  });

  it('sends plain HTTP to HTTPS, with path and query and whatever name was asked for', async () => {
    const { nginx } = await front();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { host: 'elsewhere.example.net' };
      const asked = { host: '127.0.0.1', port: nginx.httpPort, path: '/api/V2/zones?x=1', method: 'POST', headers };
      httpRequest({ ...asked, agent: false }, resolve)
        .once('error', reject)
        .end();
    });
    answer.resume();
    expect([answer.statusCode, answer.headers.location]).toEqual([308, `https://${NAME}/api/V2/zones?x=1`]);
  });

  it('lets tokens pass, and tells browsers to come over HTTPS alone, also where the answer is an error', async () => {
    const to = await front();
    const [without, good] = [await ask(to, '/api/V2/zones'), await ask(to, '/api/V2/zones', { headers: bearer(to) })];
    expect([without.status, without.headers['www-authenticate']]).toEqual([401, 'Bearer realm="dog"']);
    expect([good.status, good.text]).toEqual([200, '[]']);
    for (const { headers } of [without, good]) {
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      expect(headers.server).toBe('nginx');
    }
  });

  it('speaks HTTP/2', async () => {
    const to = await front();
    const session = connectHttp2(`https://127.0.0.1:${to.nginx.httpsPort}`, to.tls);
    onTestFinished(() => session.destroy());
    const status = await new Promise((resolve, reject) => {
      session.once('error', reject);
      const stream = session.request({ ':path': '/api/V2/zones', ':authority': NAME, ...bearer(to) });
      stream.once('response', (headers) => resolve(headers[':status'])).once('error', reject);
      stream.resume();
    });
    expect(status).toBe(200);
  });

  it('refuses TLS below 1.2', async () => {
    const { nginx, tls } = await front();
    const handshake = (version: SecureVersion) =>
      new Promise<string | null>((resolve) => {
        const versions = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
        const socket = connectTls({ ...tls, ...versions, host: '127.0.0.1', port: nginx.httpsPort });
        socket.once('secureConnect', () => resolve(socket.getProtocol())).once('error', () => resolve('refused'));
        onTestFinished(() => void socket.destroy());
      });
    const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
    expect(await Promise.all(versions.map(handshake))).toEqual(['refused', 'refused', 'TLSv1.2', 'TLSv1.3']);
  });

  it('tells the server which name was asked for, so that it can refuse those that are not its own', async () => {
    const to = await front();
    const asked = (host: string) => ask(to, '/api/V2/zones', { headers: { host, ...bearer(to) } });
    expect((await asked(NAME)).status).toBe(200);
    const foreign = await asked('rebound.example.net');
    expect([foreign.status, foreign.text]).toEqual([421, expect.stringContaining('rebound.example.net')]);
  });

  it('lets an event pass at once', async () => {
    const to = await front();
    const stream = await begin(to, '/api/V2/events?kind=policy_edit', { headers: bearer(to) });
    expect(stream.headers['content-type']).toBe('text/event-stream');
    let text = '';
    const came = new Promise<void>((resolve) => {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (/^data: .*"mark-of-the-test"/m.test(text)) resolve();
      });
    });
    await makeZone(to.server, to.token);
    await came;
    stream.destroy();
  });

  it('has no bound of its own for uploads, and keeps none of them', async () => {
    const to = await front();
    const boundary = '----form';
    const form = Buffer.concat([
      Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="f"; filename="/tmp/f"\r\n\r\n`),
      Buffer.alloc(3 * 1024 * 1024),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const type = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const path = '/api/V2/file_transfer/no-such-host';
    const sent = await ask(to, path, { method: 'POST', headers: { ...type, ...bearer(to) }, body: form });
    expect([sent.status, sent.text]).toEqual([403, '"Hostkey not found"']);
    // The server answers while nothing has come yet of the largest upload there may be: nginx waits for none of it.
    const announced = { ...type, 'content-length': MOST_UPLOAD };
    const early = await begin(to, path, { method: 'POST', headers: announced });
    expect([early.statusCode, early.headers['www-authenticate']]).toEqual([401, 'Bearer realm="dog"']);
    early.destroy();
  });
});

const BY = { author: 'root', now: Math.floor(Date.now() / 1000) };

async function makeZone(server: WholeServer, token: string): Promise<void> {
  const answer = await fetch(`${server.server.listening.api}/api/V2/zone`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'mark-of-the-test', ipv4_addresses: [], ipv6_addresses: [] }),
  });
  expect(answer.status).toBe(201);
}
