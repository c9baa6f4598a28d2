import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { r } from 'rethinkdb-ts';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RethinkStoreOptions } from '../../../src/store/rethinkdb/create-rethink-store.js';
import { createRethinkStore } from '../../../src/store/rethinkdb/create-rethink-store.js';
import type { Store } from '../../../src/store/store.js';
import type { Certificates } from '../../support/certificates.js';
import { makeCertificates } from '../../support/certificates.js';
import { freePorts } from '../../../src/bench/peers/free-ports.js';
import type { RethinkServer } from '../../support/rethinkdb.js';
import { noOwnRethink, startOwnRethink } from '../../support/rethinkdb.js';
import { BY, create, Watcher, written } from '../suite/harness.js';

if (noOwnRethink !== undefined) process.stdout.write(`connections to RethinkDB skipped: ${noOwnRethink}\n`);

const LATE_MS = process.env['TRIALS'] === 'full' ? 10_000 : 1_000;

describe.skipIf(noOwnRethink !== undefined)(
  `the connection to a RethinkDB${noOwnRethink === undefined ? '' : ` (${noOwnRethink})`}`,
  () => {
    describe('over TLS', () => {
      let directory: string;
      let certificates: Certificates;
      let server: RethinkServer;
      beforeAll(async () => {
        directory = mkdtempSync(join(tmpdir(), 'dog-tls-'));
        certificates = makeCertificates(directory);
        server = await startOwnRethink({ tls: { ca: certificates.ca, ...certificates.local } });
      });
      afterAll(async () => {
        await server.close();
        rmSync(directory, { recursive: true });
      });
      const trusting = (ca: string) => ({ tls: { ca: readFileSync(ca) } });

      it.each(['127.0.0.1', 'localhost'])('to a server whose authority is trusted, feeds too: %s', async (host) => {
        const warnings: Error[] = [];
        const warn = (warning: Error): unknown => warnings.push(warning);
        process.on('warning', warn);
        onTestFinished(() => void process.off('warning', warn));
        const store = await open({ servers: [{ host, port: server.port }], ...trusting(certificates.ca) });
        expect(store.state()).toMatchObject({ up: true });
        const watcher = new Watcher(store, 'zone');
        await watcher.until(({ events }) => events.length > 0);
        written(await store.commit([create('zone', { id: host }), create('group', { id: host })], BY));
        await watcher.until(({ rows }) => rows.has(host));
        await watcher.feed.close();
        expect(warnings).toEqual([]);
      });

      it('to a server whose authority is not: a state that says so, for calls and feeds', async () => {
        const store = await open({ servers: [server], ...trusting(certificates.stranger.ca) });
        const says =
          /^rethinkdb 127\.0\.0\.1:\d+: the server's certificate is not trusted \(see store\.cacertfile\): .+ \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/;
        await isAway(store, says);
      });

      it('to a server whose certificate is for another name', async () => {
        const other = createTlsServer({
          cert: readFileSync(certificates.server.cert),
          key: readFileSync(certificates.server.key),
        });
        const port = await listening(other);
        const store = await open({ servers: [{ host: '127.0.0.1', port }], ...trusting(certificates.ca) });
        await isAway(
          store,
          /certificate is not trusted \(see the names in store\.servers or rethinkdb_host.+\): .+ altnames.+ \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
        );
      });

      it('which only one of the two speaks', async () => {
        const plain = await open({ servers: [server] });
        await isAway(plain, /does this port want TLS \(store\.tls\)\?$/);
        const talker = createTcpServer((socket) => {
          socket.on('error', () => undefined);
          socket.end('ERROR: this is not the protocol\n\0');
        });
        const port = await listening(talker);
        const secure = await open({ servers: [{ host: '127.0.0.1', port }], ...trusting(certificates.ca) });
        await isAway(secure, /is this port without TLS \(store\.tls\)\? \(ERR_SSL_WRONG_VERSION_NUMBER\)$/);
      });
    });

    it('heals when a refused login is put right there: unknown user, wrong password, missing permission', async () => {
      const server = await startOwnRethink();
      onTestFinished(() => server.close());
      const beside = await server.connect('rethinkdb');
      onTestFinished(() => beside.close());
      const users = r.table('users');
      const store = await open({ servers: [server], user: 'dog', password: 'the right one' });
      await isAway(store, /: the login as dog was refused \(rethinkdb_username, rethinkdb_password\): Unknown user$/);
      await users.insert({ id: 'dog', password: 'another one' }).run(beside);
      await until(() => store.state().reason?.endsWith('Wrong password') === true);
      await isAway(store, /: the login as dog was refused \(rethinkdb_username, rethinkdb_password\): Wrong password$/);
      await users.get('dog').update({ password: 'the right one' }).run(beside);
      await until(() => store.state().reason?.includes('permission') === true);
      expect(store.state().reason).toMatch(/: User `dog` does not have the required `config` permission$/);
      await r.grant('dog', { read: true, write: true, config: true }).run(beside);
      await until(() => store.state().up);
      written(await store.commit([create('zone', { id: 'z' }), create('group', { id: 'g' })], BY));
    }, 60_000);

    it(`heals when nobody listens at the start and an empty RethinkDB comes up ${LATE_MS} ms later`, async () => {
      const [port = 0] = await freePorts(1);
      const store = await open({ servers: [{ host: '127.0.0.1', port }] });
      await isAway(store, /: connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
      await sleep(LATE_MS);
      const server = await startOwnRethink({ port });
      onTestFinished(() => server.close());
      await isPrepared(store);
    }, 90_000);

    it('heals when a port that accepts and never answers becomes that of a RethinkDB', async () => {
      const deaf = createTcpServer((socket) => void socket.on('error', () => undefined));
      const port = await listening(deaf);
      const store = await open({ servers: [{ host: '127.0.0.1', port }], timeoutMs: 500 });
      await isAway(store, /^rethinkdb 127\.0\.0\.1:\d+ did not answer within 500 ms$/);
      await gone(deaf);
      const server = await startOwnRethink({ port });
      onTestFinished(() => server.close());
      await isPrepared(store);
    }, 90_000);

    it('is not waited for longer than asked, and goes on being made', async () => {
      const deaf = createTcpServer((socket) => void socket.on('error', () => undefined));
      const port = await listening(deaf);
      // Were it waited for, this would take an hour.
      const store = await open({ servers: [{ host: '127.0.0.1', port }], timeoutMs: 3_600_000, openMs: 50 });
      await isAway(store, /^rethinkdb 127\.0\.0\.1:\d+ is not connected yet$/, false);
      await gone(deaf);
      const server = await startOwnRethink({ port });
      onTestFinished(() => server.close());
      await isPrepared(store);
    }, 90_000);

    it('is given up at once when the store is closed while a server does not answer', async () => {
      const [port = 0] = await freePorts(1);
      const store = await createRethinkStore({ servers: [{ host: '127.0.0.1', port }], timeoutMs: 3_600_000 });
      let taken = 0;
      const deaf = createTcpServer((socket) => {
        taken += 1;
        socket.on('error', () => undefined);
      });
      await listening(deaf, port);
      await until(() => taken === 1);
      const own = store.feed('group', undefined, () => undefined);
      const watcher = new Watcher(store, 'zone');
      await until(() => taken === 3);
      await own.close();
      await store.close();
      expect(watcher.events).toMatchObject([{ type: 'lost', error: { code: 'closed' } }]);
    });
  },
);

async function open(options: RethinkStoreOptions): Promise<Store> {
  const servers = options.servers.map(({ host, port }) => ({ host, port }));
  const store = await createRethinkStore({ squashS: 0, ...options, servers });
  onTestFinished(() => store.close());
  return store;
}

/** Whether the store is down for the reason that is expected, and says so to whoever asks: feeds too, unless they wait. */
async function isAway(store: Store, says: RegExp, feeds = true): Promise<void> {
  const reason = expect.stringMatching(says) as string;
  expect(store.state()).toMatchObject({ up: false, reason });
  const away = { name: 'StoreError', code: 'unavailable', retry: true, message: reason };
  await expect(store.list('zone')).rejects.toMatchObject(away);
  await expect(store.now()).rejects.toMatchObject(away);
  await expect(store.commit([create('zone', { id: 'x' })], BY)).rejects.toMatchObject(away);
  if (!feeds) return;
  const watcher = new Watcher(store, 'zone');
  await expect(watcher.until(({ events }) => events.length > 1)).rejects.toMatchObject({ cause: { message: reason } });
}

/** Waits until the store is up, and sees that all was made that it needs. */
async function isPrepared(store: Store): Promise<void> {
  await until(() => store.state().up);
  expect(await store.list('ipset')).toHaveLength(1);
  written(await store.commit([create('zone', { id: 'z', name: 'n' }, ['name'])], BY));
  expect(await store.find('zone', 'name', 'n')).toHaveLength(1);
  expect(await store.audit({ limit: 10 })).toHaveLength(1);
}

async function listening(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  server.on('connection', (socket) => onGone.set(server, [...(onGone.get(server) ?? []), () => socket.destroy()]));
  onTestFinished(() => gone(server));
  return (server.address() as AddressInfo).port;
}

const onGone = new Map<Server, (() => void)[]>();

async function gone(server: Server): Promise<void> {
  for (const destroy of onGone.get(server) ?? []) destroy();
  await new Promise((resolve) => server.close(resolve));
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(10);
}
