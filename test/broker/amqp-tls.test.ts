import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAmqpBroker } from '../../src/broker/amqp/amqp-broker.js';
import type { SslOptions } from '../../src/broker/amqp/options.js';
import { makeCertificates } from '../support/certificates.js';
import { openSockets, openSocketsAtRest } from '../support/open-sockets.js';
import { startRabbit } from '../support/rabbitmq.js';
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

    it('checks the host’s name unless told otherwise', async () => {
      const { server_name_indication: _, ...strict } = seed;
      expect(await outcome(strict, 'localhost')).toMatch(/^access: .*localhost/);
      expect(await outcome({ ...seed, server_name_indication: 'dog-broker.test' })).toBe('connected');
      expect(await outcome({ ...seed, server_name_indication: 'other.test' })).toMatch(/^access: .*other\.test/);
    });

    it('refuses a broker of an unknown authority unless verify_none', async () => {
      const foreign = { ...seed, cacertfile: certificates.stranger.ca };
      expect(await outcome(foreign)).toMatch(/^access: /);
      expect(await outcome({ ...foreign, verify: 'verify_none' })).toBe('connected');
    });

    it('is refused without a client certificate, or with a stranger’s', async () => {
      const { certfile: _cert, keyfile: _key, ...anonymous } = seed;
      expect(await outcome(anonymous)).toMatch(/^(access|refused): /);
      const { cert, key } = certificates.stranger;
      expect(await outcome({ ...seed, certfile: cert, keyfile: key })).toMatch(/^(access|refused): /);
    });

    it('names the file that is missing', async () => {
      expect(await outcome({ ...seed, keyfile: '/no/such.key' })).toMatch(
        /^access: broker: ssl_options\.keyfile can't be read: .*\/no\/such\.key/,
      );
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
