import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { makeCertificates } from '../support/certificates.js';
import { datedCertificate } from '../support/dated-certificate.js';
import { runMain } from '../support/main-child.js';
import { startRabbit } from '../../src/bench/peers/private-rabbit.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const SERVES = 'subjectAltName=DNS:dog-broker.test,DNS:localhost\nextendedKeyUsage=serverAuth';
const ASKS = 'extendedKeyUsage=clientAuth';
const pki = mkdtempSync(join(tmpdir(), 'dog-doctor-'));
afterAll(() => rmSync(pki, { recursive: true, force: true }));
const { ca } = makeCertificates(pki);
const [broker, client] = [datedCertificate(pki, 'broker', 10, SERVES), datedCertificate(pki, 'own', 10, ASKS)];

/** The real command, with what it finds. */
async function doctor(set: readonly string[]) {
  const flags = ['metrics.port=0', ...set].flatMap((one) => ['--set', one]);
  const child = runMain(['doctor', '--json', '--data', temporaryDirectory(), ...flags]);
  const code = await child.ended;
  const findings = JSON.parse(child.out) as readonly Finding[];
  const about = (what: string) => findings.find((finding) => finding.what === what);
  return { code, about };
}
function over(url: string, { cert, key } = client): readonly string[] {
  const files = { cacertfile: ca, certfile: cert, keyfile: key };
  const options = Object.entries(files).map(([name, file]) => `broker.ssl_options.${name}=${file}`);
  return ['api.port=1', 'broker.kind=amqp', `broker.url=${url}`, ...options];
}

const rabbit = await startRabbit({ tls: { cacertfile: ca, certfile: broker.cert, keyfile: broker.key } });
if ('unavailable' in rabbit) {
  it.skip(`doctor, certificates and RabbitMQ (${rabbit.unavailable})`, () => undefined);
} else {
  afterAll(() => rabbit.close());
  const url = `amqps://dog:${encodeURIComponent(rabbit.password)}@localhost:${rabbit.tlsPort}/dog`;

  describe('doctor, at a RabbitMQ with TLS', { timeout: 120_000 }, () => {
    it('warns of certificates that end within the month: our own, and that of the broker', async () => {
      const { code, about } = await doctor(over(url));
      expect(about('broker')).toMatchObject({ level: 'ok' });
      for (const what of ['broker.ssl_options.certfile', 'certificate of the broker'])
        expect(about(what), what).toMatchObject({
          level: 'warning',
          says: expect.stringMatching(/ holds from \S+ to \S+, 9 days from now$/) as string,
          advice: expect.stringContaining('renew it') as string,
        });
      // Nothing is wrong yet.
      expect(code).toBe(0);
    });

    it('tells that our own has ended, and that the broker takes it no more', async () => {
      const { code, about } = await doctor(over(url, datedCertificate(pki, 'ended', -1, ASKS)));
      expect([code, about('broker.ssl_options.certfile'), about('broker')]).toMatchObject([
        3,
        { level: 'wrong', says: expect.stringMatching(/ended\.crt holds .*, which is over$/) as string },
        { level: 'wrong', says: expect.stringMatching(/does not take this server's certificate|hung up/) as string },
      ]);
    });

    it('tells that the certificate of the broker is for another name', async () => {
      const named = (name: string) => doctor([...over(url), `broker.ssl_options.server_name_indication=${name}`]);
      expect((await named('dog-broker.test')).about('broker')).toMatchObject({ level: 'ok' });
      const { code, about } = await named('other.test');
      expect([code, about('broker')]).toMatchObject([
        3,
        {
          level: 'wrong',
          says: expect.stringMatching(
            /^localhost:\d+\/dog: the broker's certificate is not for the name in broker\.ssl_options\.server_name_ind/,
          ) as string,
        },
      ]);
    });
  });
}

describe('doctor', { timeout: 120_000 }, () => {
  it('tells that the certificate of the broker has ended', async () => {
    // It goes no further than the handshake.
    const { cert, key } = datedCertificate(pki, 'past', -1, SERVES);
    const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => socket.destroy());
    server.on('tlsClientError', () => undefined);
    const port = await listening(server);
    const { code, about } = await doctor(over(`amqps://localhost:${port}/dog`));
    expect([code, about('certificate of the broker'), about('broker')]).toMatchObject([
      3,
      { level: 'wrong', says: expect.stringMatching(/^localhost port \d+ holds .*, which is over$/) as string },
      {
        level: 'wrong',
        says: expect.stringContaining("the broker's certificate, or one that it rests on, has expired") as string,
      },
    ]);
  });

  it.each([
    ['behind', -90_000],
    ['ahead', 90_000],
  ])("tells that the server's clock is %s of this machine's", async (_where, offMs) => {
    const server = createHttpServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() + offMs).toUTCString());
      response.setHeader('content-type', 'application/json').end('{"ready":true,"reasons":[]}');
    });
    const { about } = await doctor([`api.port=${await listening(server)}`]);
    expect(about('server')).toMatchObject({ level: 'ok' });
    expect(about('clock')).toMatchObject({
      level: 'warning',
      says: expect.stringMatching(/^the server's clock differs by \d+ s from this machine's$/) as string,
      advice: expect.stringContaining('chrony') as string,
    });
  });
});

async function listening(server: ReturnType<typeof createHttpServer> | ReturnType<typeof createTlsServer>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
