import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import { loadConfig } from '../../src/config/load.js';
import { createBroker } from '../../src/server/opening/create-broker.js';
import type { SslOptions } from '../../src/broker/amqp/options.js';
import { makeCertificates } from '../support/certificates.js';
import { openSockets, openSocketsAtRest } from '../support/open-sockets.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const directory = mkdtempSync(join(tmpdir(), 'dog-tls-'));
const certificates = makeCertificates(directory);
const { cert: certfile, key: keyfile } = certificates.server;
const rabbit = await startRabbit({ tls: { cacertfile: certificates.ca, certfile, keyfile } });

if ('unavailable' in rabbit) {
  it.skip(`RabbitMQ over TLS (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(async () => {
    await rabbit.close();
    rmSync(directory, { recursive: true });
  });
  const { username, password, vhost } = rabbit;
  /** The seed's options: both ends verify the chain, the host's name is not checked. */
  const seed: SslOptions = {
    cacertfile: certificates.ca,
    certfile: certificates.client.cert,
    keyfile: certificates.client.key,
    verify: 'verify_peer',
    server_name_indication: 'disable',
    fail_if_no_peer_cert: true,
  };
  const outcome = async (ssl_options: SslOptions, host = '127.0.0.1'): Promise<string> => {
    const urls = [`amqps://${host}:${rabbit.tlsPort}`];
    const broker = createAmqpBroker({ urls, username, password, vhost, ssl_options });
    try {
      const connection = await broker.connect();
      await connection.declareQueue({ name: '', durable: false, autoDelete: false, exclusive: true });
      await connection.close();
      return 'connected';
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
  };

  describe('RabbitMQ over TLS', () => {
    it('connects with the seed’s options, by address and by name', async () => {
      expect(await outcome(seed)).toBe('connected');
      expect(await outcome(seed, 'localhost')).toBe('connected');
    });

    it('checks a name only where one is given, and then names the key', async () => {
      const { server_name_indication: _, ...unnamed } = seed;
      expect(await outcome(unnamed, 'localhost')).toBe('connected');
      expect(await outcome(unnamed)).toBe('connected');
      expect(await outcome({ ...seed, server_name_indication: 'dog-broker.test' })).toBe('connected');
      for (const name of ['other.test', 'localhost', '127.0.0.1', '::1'])
        expect(await outcome({ ...seed, server_name_indication: name })).toMatch(
          /^access: .*broker\.ssl_options\.server_name_indication; .*leave it unset/,
        );
    });

    it('refuses a broker of an unknown authority, with a name and without, unless verify_none', async () => {
      const foreign = { ...seed, cacertfile: certificates.stranger.ca };
      const { server_name_indication: _, ...unnamed } = foreign;
      for (const options of [foreign, unnamed, { ...foreign, server_name_indication: 'dog-broker.test' }])
        expect(await outcome(options)).toMatch(/^access: .*signed by nobody in broker\.ssl_options\.cacertfile/);
      const { cacertfile: __, ...system } = unnamed;
      expect(await outcome(system)).toMatch(/^access: .*signed by nobody in broker\.ssl_options\.cacertfile/);
      expect(await outcome({ ...foreign, verify: 'verify_none' })).toBe('connected');
    });

    it('is refused without a client certificate, or with a stranger’s', async () => {
      const { certfile: _cert, keyfile: _key, ...anonymous } = seed;
      expect(await outcome(anonymous)).toMatch(/^(access|refused): .*broker\.ssl_options\.certfile and keyfile/);
      const { cert, key } = certificates.stranger;
      expect(await outcome({ ...seed, certfile: cert, keyfile: key })).toMatch(
        /^(access|refused): .*broker\.ssl_options\.certfile and keyfile/,
      );
    });

    it('names the file that is missing', async () => {
      expect(await outcome({ ...seed, keyfile: '/no/such.key' })).toMatch(
        /^access: broker\.ssl_options\.keyfile = \/no\/such\.key: cannot be read: ENOENT/,
      );
    });

    it('says which key to look at for a port without TLS, a port with it, a wrong user, a missing virtual host', async () => {
      const at = async (url: string) => {
        const broker = createAmqpBroker({ urls: [url], username, password, vhost, ssl_options: seed });
        return broker.connect().then(
          () => 'connected',
          (error: unknown) => (error as Error).message,
        );
      };
      expect(await at(`amqps://127.0.0.1:${rabbit.port}`)).toMatch(
        /does not speak TLS: .*broker\.tls.*version number\)$/,
      );
      expect(await at(`amqp://127.0.0.1:${rabbit.tlsPort}`)).toMatch(/want TLS \(amqps:\/\/ in broker\.url/);
      const wrongUser = await at(`amqps://nobody:x@127.0.0.1:${rabbit.tlsPort}`);
      expect(wrongUser).toMatch(/not right: broker\.url, or broker\.user and broker\.password/);
      expect(await at(`amqps://127.0.0.1:${rabbit.tlsPort}/nowhere`)).toMatch(/broker\.virtual_host/);
    });

    it('connects as README shows it, with its own files, to a broker whose certificate is for another name', async () => {
      const shown =
        /cat > dog_trainer\.yaml \) <<'END'\n([^]*?)^END$/m.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
      expect(shown).toContain('amqps://dog_trainer:PASSWORD@rabbit.example.org:5673/dog');
      const file = join(directory, 'readme.yaml');
      const ours = shown
        .replace('dog_trainer:PASSWORD@rabbit.example.org:5673', () => {
          const user = `${username}:${encodeURIComponent(password)}`;
          return `${user}@localhost:${rabbit.tlsPort}`;
        })
        .replace('/etc/dog_trainer/ca.crt', certificates.ca)
        .replace('/etc/dog_trainer/server.crt', certificates.client.cert)
        .replace('/etc/dog_trainer/server.key', certificates.client.key);
      writeFileSync(file, ours, { mode: 0o600 });
      const connection = await createBroker(loadConfig({ file }).config).connect();
      expect(await connection.inspectQueue('nosuch')).toBeUndefined();
      await connection.close();
    });

    it('gives up on a host that doesn’t finish the handshake', async () => {
      const proxy = await startTcpProxy({ host: '127.0.0.1', port: rabbit.tlsPort });
      proxy.set({ kind: 'swallow' });
      const urls = [`amqps://127.0.0.1:${proxy.port}`];
      const broker = createAmqpBroker({ urls, username, password, vhost, ssl_options: seed, connectTimeoutMs: 300 });
      await expect(broker.connect()).rejects.toMatchObject({ scope: 'connection', code: 'timeout' });
      await expect.poll(() => proxy.openConnections).toBe(0);
      await proxy.close();
    });

    it('notices silence over TLS too', async () => {
      const urls = [`amqps://127.0.0.1:${rabbit.tlsPort}`];
      const connection = await createAmqpBroker({
        urls,
        username,
        password,
        vhost,
        ssl_options: seed,
        heartbeatSeconds: 1,
      }).connect();
      let ended = false;
      void connection.closed.then(() => (ended = true));
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(ended).toBe(false);
      rabbit.pause();
      expect(await connection.closed).toMatchObject({ code: 'heartbeat' });
      rabbit.resume();
    });

    it('leaves no socket of a connection that was lost', async () => {
      const before = await openSocketsAtRest();
      const urls = [`amqps://127.0.0.1:${rabbit.tlsPort}`];
      const broker = createAmqpBroker({ urls, username, password, vhost, ssl_options: seed });
      const connections = await Promise.all(Array.from({ length: 5 }, () => broker.connect()));
      expect(openSockets()).toBeGreaterThanOrEqual(5);
      await rabbit.kill();
      for (const { closed } of connections) expect(await closed).toMatchObject({ scope: 'connection' });
      // One of an earlier test may still have been closing.
      await expect.poll(openSockets).toBeLessThanOrEqual(before);
    });
  });
}
