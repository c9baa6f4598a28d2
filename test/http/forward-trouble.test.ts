import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';
import { client } from '../support/api-client.js';
import { freePorts } from '../../src/bench/peers/free-ports.js';
import { besideOthers, onTestFinished, sideBySide } from '../support/on-test-finished.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const HOST = { id: 'h', name: 'h', hostkey: 'k', active: 'active' };
const FILES = '/api/V2/file_transfer/k';
const DRIFT = '/api/V2/host/h/drift';
const BOTH_WAYS = [
  ['GET', DRIFT, undefined],
  ['POST', FILES, { command: 'id' }],
] as const;

/** Time-outs short enough to wait for. The forwarder adds its slack of five seconds. */
const QUICK = { request_timeout_ms: 100 };
const QUICK_HOSTS = { command_execution_timeout_ms: 50, file_transfer_timeout_ms: 50, file_delete_timeout_ms: 50 };

describe('forwarding in trouble', () => {
  const start = async (...options: Parameters<typeof startApiServer>): Promise<ApiServer> => {
    const server = await startApiServer(...options);
    onTestFinished(() => server.close());
    await server.store.commit([{ op: 'create', table: 'host', doc: HOST }], { author: 'test' });
    return server;
  };
  const follow = (server: ApiServer, url: string) => {
    server.runtime.stands = { role: 'follower', leader: { name: 'a', url, term: 7 } };
    return client(server.url);
  };
  /** A leader that speaks raw bytes: `speak` gets each connection. */
  const startRaw = async (speak: (socket: Socket) => void): Promise<string> => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      speak(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it.each(BOTH_WAYS)('%s %s: 503 while nobody is known to lead', async (method, path, body) => {
    const server = await start();
    server.runtime.stands = { role: 'follower' };
    const { status, json, headers } = await client(server.url)(method, path, body);
    expect([status, json['code'], json['leader']]).toEqual([503, 'not_the_leader', null]);
    expect(json['error']).toMatch(/nobody is known to lead.*try again/);
    expect(headers.get('retry-after')).toBe('5');
  });

  it.each(BOTH_WAYS)(
    '%s %s: never goes round between two that each take the other for the leader',
    async (...asked) => {
      const [one, two] = [await start({}, { cluster: { name: 'one' } }), await start({}, { cluster: { name: 'two' } })];
      const call = follow(one, two.url);
      follow(two, one.url);
      const { status, json } = await call(...asked);
      expect([status, json['code']]).toEqual([503, 'not_the_leader']);
      expect(json['error']).toMatch(/passed on to a server that does not lead/);
      const requests = ({ lines }: ApiServer) => lines.filter(({ msg }) => msg === 'request').length;
      expect([requests(one), requests(two)]).toEqual([1, 1]);
    },
  );

  it.each(BOTH_WAYS)('%s %s: 503 that says so when the address of the leader is our own', async (...asked) => {
    const server = await start();
    const { status, json } = await follow(server, server.url)(...asked);
    expect([status, json['code']]).toEqual([503, 'not_the_leader']);
    expect(json['error']).toMatch(/a \(.*term 7\) leads, but its address leads back to this server: set cluster\.url/);
  });

  it('a leader answers what was passed on to it', async () => {
    const leader = await start();
    leader.runtime.stands = { role: 'leader', term: 7 };
    expect((await client(leader.url, { 'x-dog-forwarded': 'b' })('GET', '/api/V2/hosts/refused')).status).toBe(200);
  });

  it.each(BOTH_WAYS)('%s %s: 503 that says so when the leader can not be reached', async (method, path, body) => {
    const server = await start();
    const [port = 0] = await freePorts(1);
    const free = `http://127.0.0.1:${port}`;
    const { status, json, headers } = await follow(server, free)(method, path, body);
    expect([status, json['code'], json['leader']]).toEqual([503, 'not_the_leader', { name: 'a', url: free }]);
    expect(json['error']).toMatch(/a \(.*term 7\) leads, but cannot be reached \(ECONNREFUSED\)/);
    expect(headers.get('retry-after')).toBe('5');
  });

  it.each(['nonsense', 'ftp://127.0.0.1'])('503 when the leader gives %j as its address', async (url) => {
    const { status, json } = await follow(await start(), url)('GET', DRIFT);
    expect([status, json['code']]).toEqual([503, 'not_the_leader']);
  });

  it.each(BOTH_WAYS)('%s %s: 503 when the leader hangs up before it answers', async (method, path, body) => {
    const url = await startRaw((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const { status, json } = await follow(await start(), url)(method, path, body);
    expect([status, json['code']]).toEqual([503, 'not_the_leader']);
    expect(json['error']).toMatch(/may have been done/);
  });

  // Each of these waits for the forwarder's slack.
  it.concurrent.for(BOTH_WAYS)(
    '%s %s: 503 when the leader takes the request and never answers',
    { timeout: 60_000 },
    sideBySide(async ([method, path, body]) => {
      const closed = vi.fn();
      const url = await startRaw((socket) => socket.resume().once('close', closed));
      const { status, json } = await follow(await start(QUICK, QUICK_HOSTS), url)(method, path, body);
      expect([status, json['code']]).toEqual([503, 'not_the_leader']);
      expect(json['error']).toMatch(/gave no answer \(nothing within \d+ ms\), and what was asked may have been done/);
      await vi.waitFor(() => expect(closed).toHaveBeenCalled());
    }),
  );

  it.concurrent(
    '503 when the leader does not even take the body',
    { timeout: 60_000 },
    besideOthers(async () => {
      const url = await startRaw((socket) => socket.pause());
      const form = new FormData();
      form.append('file', new Blob([randomBytes(12 * 1024 * 1024)]), '/tmp/x');
      const server = await start({}, { ...QUICK_HOSTS, max_block_size_bytes: 1024 ** 3 });
      follow(server, url);
      const answer = await fetch(server.url + FILES, { method: 'POST', body: form });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'not_the_leader']);
    }),
  );

  it.concurrent(
    'an answer that stops coming is cut',
    { timeout: 60_000 },
    besideOthers(async () => {
      const url = await startRaw((socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
      );
      const server = await start(QUICK);
      follow(server, url);
      const answer = await fetch(server.url + DRIFT);
      await expect(answer.text()).rejects.toThrow();
    }),
  );

  it.each([
    ['of known length', 'content-length: 100\r\n\r\nhalf'],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
  ])('an answer %s that breaks off is cut, not completed', async (_how, rest) => {
    const url = await startRaw((socket) =>
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${rest}`);
        setTimeout(() => socket.resetAndDestroy(), 50);
      }),
    );
    const server = await start();
    follow(server, url);
    const answer = await fetch(server.url + DRIFT);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    await vi.waitFor(() => {
      expect(server.lines).toContainEqual(expect.objectContaining({ msg: 'the answer of the leader broke off' }));
    });
    expect((await client(server.url)('GET', '/livez')).status).toBe(200);
  });

  it('a file whose leader dies midway is cut, not completed', async () => {
    const leader = await start();
    leader.runtime.commands.files.set('/big', randomBytes(32 * 1024 * 1024));
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: leader.port });
    onTestFinished(() => proxy.close());
    const server = await start();
    follow(server, `http://127.0.0.1:${proxy.port}`);
    const answer = await fetch(`${server.url}${FILES}?path=/big`);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).done).toBe(false);
    proxy.cut();
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await expect(rest()).rejects.toThrow();
  });

  it('a client that goes away takes the request to the leader with it', async () => {
    const leader = await start();
    leader.runtime.drift = () => new Promise(() => undefined);
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: leader.port });
    onTestFinished(() => proxy.close());
    const server = await start();
    follow(server, `http://127.0.0.1:${proxy.port}`);
    const leaving = new AbortController();
    const asked = fetch(server.url + DRIFT, { signal: leaving.signal });
    await vi.waitFor(() => expect(proxy.openConnections).toBe(1));
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(proxy.openConnections).toBe(0));
  });

  it.each([
    ['of a length', { 'content-length': 1000 }],
    ['in chunks', {}],
  ])('a file %s of which the client sends only half is not stored', async (_how, framing) => {
    const leader = await start();
    const server = await start();
    follow(server, leader.url);
    const headers = { 'content-type': 'multipart/form-data; boundary=b', ...framing };
    const asking = httpRequest(server.url + FILES, { method: 'POST', headers });
    asking.on('error', () => undefined);
    // What has come is a whole form: only its end is missing.
    asking.write('--b\r\ncontent-disposition: form-data; name="f"; filename="/tmp/c"\r\n\r\nx\r\n--b--\r\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    asking.destroy();
    await vi.waitFor(() => {
      expect(leader.lines).toContainEqual(expect.objectContaining({ msg: 'request', status: 400 }));
    });
    expect(leader.runtime.commands.calls).toEqual([]);
  });

  it('gives the answer of a leader that refuses before it has read the body', async () => {
    const leader = await start();
    const server = await start();
    follow(server, leader.url);
    for (let round = 0; round < 20; round += 1) {
      const form = new FormData();
      form.append('file', new Blob([randomBytes(4 * 1024 * 1024)]), '/tmp/x');
      const answer = await fetch(`${server.url}/api/V2/file_transfer/none`, { method: 'POST', body: form });
      expect([answer.status, await answer.json()]).toEqual([403, 'Hostkey not found']);
    }
  });

  it('holds its own limits of bodies, announced or not', async () => {
    const leader = await start();
    const server = await start({ max_body_bytes: 1000, max_upload_bytes: 100_000 });
    const call = follow(server, leader.url);
    const large = await call('POST', FILES, { command: 'x'.repeat(2000) });
    expect([large.status, large.json['code']]).toEqual([413, 'too_large']);
    // What is announced is refused before a byte of it has come.
    const announced = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': 2000 };
      const asking = httpRequest(server.url + FILES, { method: 'POST', headers }, (answer) => {
        resolve(answer);
        asking.destroy();
      });
      asking.on('error', reject).flushHeaders();
    });
    expect(announced.statusCode).toBe(413);
    expect(leader.lines).toEqual([]);
    const upload = (body: FormData | ReadableStream, headers: Record<string, string> = {}) =>
      fetch(server.url + FILES, { method: 'POST', body, headers, duplex: 'half' });
    const form = new FormData();
    form.append('file', new Blob([randomBytes(200_000)]), '/tmp/x');
    expect((await upload(form)).status).toBe(413);
    async function* pieces() {
      for (let sent = 0; sent < 20; sent += 1) yield randomBytes(10_000);
    }
    const chunked = ReadableStream.from(pieces());
    const refused = await upload(chunked, { 'content-type': 'multipart/form-data; boundary=b' });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([413, 'too_large']);
    expect(leader.runtime.commands.calls).toEqual([]);
  });

  it('a client that waits for 100-continue gets it from the leader, and not where the leader refuses at once', async () => {
    const leader = await start();
    const server = await start();
    follow(server, leader.url);
    const post = (path: string) =>
      new Promise<{ readonly status: number | undefined; readonly continued: boolean }>((resolve, reject) => {
        const body = JSON.stringify({ command: 'id' });
        const type = path === FILES ? 'application/json' : 'text/html';
        const headers = { 'content-type': type, 'content-length': body.length, expect: '100-continue' };
        const asking = httpRequest(server.url + path, { method: 'POST', headers });
        let continued = false;
        asking.on('continue', () => {
          continued = true;
          asking.end(body);
        });
        asking.on('response', (answer: IncomingMessage) => {
          answer.resume().on('end', () => {
            resolve({ status: answer.statusCode, continued });
            asking.destroy();
          });
        });
        asking.on('error', reject);
        asking.flushHeaders();
      });
    expect(await post(FILES)).toEqual({ status: 200, continued: true });
    expect(await post(`${FILES}?html`)).toEqual({ status: 415, continued: false });
  });

  it('tells the leader who passes a request on, and leaves out what is between neighbours', async () => {
    let seen = '';
    const url = await startRaw((socket) =>
      socket.on('data', (bytes) => {
        seen += bytes.toString('latin1');
        if (seen.includes('\r\n\r\n'))
          socket.end('HTTP/1.1 200 Fine\r\nconnection: x-hop\r\nx-hop: 1\r\nx-end: 2\r\n\r\n{}');
      }),
    );
    const server = await start({}, { cluster: { name: 'b é' } });
    follow(server, `${url}/behind/`);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        connection: 'close, x-mine',
        'x-mine': '1',
        'x-yours': '2',
        te: 'trailers',
        'x-consumer-username': 'u',
      };
      const path = '/api/V2/host/%68/./drift?a=b%20c&a=%';
      const { port } = new URL(server.url);
      httpRequest({ host: '127.0.0.1', port, path, headers }, resolve).on('error', reject).end();
    });
    answer.resume();
    const [line, ...fields] = seen.split('\r\n');
    expect(line).toBe('GET /behind/api/V2/host/%68/./drift?a=b%20c&a=% HTTP/1.1');
    const names = fields.filter((field) => field !== '').map((field) => field.toLowerCase());
    expect(names.sort()).toEqual([
      'connection: keep-alive',
      'content-length: 0',
      `host: ${new URL(url).host}`,
      'x-consumer-username: u',
      'x-dog-forwarded: b__',
      'x-yours: 2',
    ]);
    expect([answer.statusCode, answer.statusMessage, answer.headers['x-end'], answer.headers['x-hop']]).toEqual([
      200,
      'Fine',
      '2',
      undefined,
    ]);
  });

  it('leaves no connection open after a thousand requests', async () => {
    const leader = await start();
    leader.runtime.drifts.set('h', { id: 'h' });
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: leader.port });
    onTestFinished(() => proxy.close());
    const server = await start();
    const call = follow(server, `http://127.0.0.1:${proxy.port}`);
    for (let batch = 0; batch < 40; batch += 1) {
      const answers = await Promise.all(
        Array.from({ length: 25 }, async (_, at) =>
          at % 5 === 0 ? call('POST', FILES, { command: 'id' }) : call('GET', DRIFT),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
    await vi.waitFor(() => expect(proxy.openConnections).toBe(0));
    expect(proxy.totalConnections).toBeGreaterThan(0);
  }, 60_000);
});
