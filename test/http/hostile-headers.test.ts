import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server.js';

/** Just below what Node takes for all headers of a request together, 16 KiB. */
const LENGTH = 14_000;

/** What parsers split, look ahead for, or look up again and again. */
const UNITS = [',', ';', ' ', '\t', '=', '"', '\\', '/', '*', '-', '.', ':', '%', '&', '?', '#', '[', '(', '{', 'a']
  .concat([';q=', ';q=0.1,', 'a=b;', '"\\', '""', ' ,', ', ', 'W/"a",', '"a", ', '--', '%20', '&a=', '::', '[::', '1.'])
  .concat(['127.0.0.1,', 'bytes=0-1,', 'text/html;a="', 'Basic ', 'Bearer ', 'for="[', `${'a'.repeat(50)},`]);

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  accept: ['', '"'],
  'accept-encoding': ['', '"'],
  authorization: ['', 'Bearer ', 'Basic '],
  connection: [''],
  'content-disposition': ['', 'form-data; name="'],
  'content-encoding': [''],
  'content-type': ['', 'multipart/form-data; boundary=', 'application/json; charset='],
  cookie: [''],
  forwarded: [''],
  host: [''],
  'if-match': ['', '"'],
  'if-none-match': ['', '"', 'W/"'],
  'if-modified-since': [''],
  origin: ['', 'http://'],
  range: ['', 'bytes='],
  referer: ['', 'http://'],
  'sec-fetch-site': [''],
  'transfer-encoding': [''],
  'x-consumer-username': [''],
  'x-dog-forwarded': [''],
  'x-forwarded-for': [''],
  'x-forwarded-host': [''],
  'x-forwarded-proto': [''],
  'x-request-id': [''],
};

const PATHS = [
  '/',
  '/api/V2/',
  '/api/V2/zone/',
  '/api/V2/zones?',
  '/api/V2/zones?name=',
  '/api/V2/profiles?names=',
  '/api/V2/hosts?active=',
  '/api/V2/audit?',
  '/api/V2/profile/1?git_diff=',
  '/api/file/1?path=',
];

function full(start: string, unit: string): string {
  return (start + unit.repeat(LENGTH)).slice(0, LENGTH);
}

/** The status; 0 where Node's own parser ends the connection, or its client refuses to send this. */
function ask(url: string, method: string, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    try {
      const asked = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode ?? 0));
      });
      asked.on('error', () => resolve(0));
      asked.end(method === 'POST' ? '{}' : undefined);
    } catch {
      resolve(0);
    }
  });
}

describe('headers and parameters as long as Node takes them, made to be slow to read', { timeout: 120_000 }, () => {
  let server: ApiServer;
  let most = { ms: 0, what: '' };
  beforeAll(async () => {
    server = await startApiServer();
  });
  afterAll(async () => {
    // What is quadratic took half a second for each of these.
    process.stdout.write(`hostile headers: at most ${most.ms.toFixed(1)} ms of CPU, by ${most.what}\n`);
    await server.close();
  });

  const measured = async (what: string, work: () => Promise<number>): Promise<number> => {
    const before = process.cpuUsage();
    const status = await work();
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (ms > most.ms) most = { ms, what };
    return status;
  };

  it.each(Object.entries(HEADERS))('%s is read, or refused for what it is', async (name, starts) => {
    const method = name.startsWith('content-') ? 'POST' : 'GET';
    const statuses = new Set<number>();
    for (const start of starts)
      for (const unit of UNITS)
        statuses.add(
          await measured(`${name}: ${start}${JSON.stringify(unit)}`, () =>
            ask(server.url, method, '/api/V2/zone', { [name]: full(start, unit) }),
          ),
        );
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect((await ask(server.url, 'GET', '/api/V2/zones', {})) < 300).toBe(true);
  });

  it.each(PATHS)('what follows %s is read, or refused for what it is', async (path) => {
    const statuses = new Set<number>();
    for (const unit of UNITS) {
      const text = full('', unit);
      for (const sent of [encodeURIComponent(text).slice(0, LENGTH), text.replace(/[^\x21-\x7e]/g, 'a')])
        statuses.add(await measured(`${path}${JSON.stringify(unit)}`, () => ask(server.url, 'GET', path + sent, {})));
    }
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  });
});
