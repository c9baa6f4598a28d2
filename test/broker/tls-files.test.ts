import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SslOptions } from '../../src/broker/amqp/options.js';
import { readTlsFiles } from '../../src/broker/amqp/tls-files.js';
import { makeCertificates } from '../support/certificates.js';

const directory = mkdtempSync(join(tmpdir(), 'dog-tls-files-'));
afterAll(() => rmSync(directory, { recursive: true }));
const { ca, client, stranger } = makeCertificates(directory);
const good: SslOptions = { cacertfile: ca, certfile: client.cert, keyfile: client.key };
function file(name: string, content: string | Buffer): string {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
}
function openssl(...args: string[]): void {
  return void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
}
async function said(ssl: SslOptions, now?: number): Promise<string> {
  return readTlsFiles(ssl, now).then(
    ({ notes }) => `fine${notes.map((note) => `, ${note}`).join('')}`,
    (error: unknown) => (error as Error).message,
  );
}

describe('the files of TLS', () => {
  it('are taken as openssl writes them: with text around, in a chain, keys of both kinds', async () => {
    const text = execFileSync('openssl', ['x509', '-in', client.cert, '-text'], { encoding: 'utf8' });
    const chain = file('chain.crt', `Bag Attributes\n${text}${readFileSync(ca, 'utf8')}`);
    const crlf = file('crlf.crt', readFileSync(client.cert, 'utf8').replaceAll('\n', '\r\n'));
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'ec.key');
    openssl('req', '-x509', '-key', 'ec.key', '-out', 'ec.crt', '-subj', '/CN=ec', '-days', '30');
    expect(await said({ ...good, certfile: chain, cacertfile: chain })).toMatch(/^fine/);
    expect(await said({ ...good, certfile: crlf })).toMatch(/^fine/);
    expect(await said({ certfile: join(directory, 'ec.crt'), keyfile: join(directory, 'ec.key') })).toBe('fine');
    expect(await said({})).toBe('fine');
  });

  it.each<[string, () => SslOptions, RegExp]>([
    ['a missing authority', () => ({ cacertfile: '/no/ca.crt' }), /cacertfile = \/no\/ca\.crt: cannot be read: ENOENT/],
    ['a directory', () => ({ ...good, certfile: directory }), /certfile = .*: cannot be read: EISDIR/],
    ['an empty authority', () => ({ cacertfile: file('e', '') }), /cacertfile = .*: holds no certificate in PEM form/],
    [
      'a binary form',
      () => ({ ...good, certfile: file('d', Buffer.from([48, 130, 1, 1])) }),
      /certfile = .*: holds no/,
    ],
    ['a key for a certificate', () => ({ ...good, certfile: client.key }), /certfile = .*: holds no certificate/],
    ['a certificate for a key', () => ({ ...good, keyfile: client.cert }), /keyfile = .*: holds no private key/],
    ["another's key", () => ({ ...good, keyfile: stranger.key }), /keyfile = .*: is not the private key of the cert/],
    [
      'a certificate that was cut',
      () => ({
        ...good,
        certfile: file('c', readFileSync(client.cert, 'utf8').replace(/\n[A-Za-z0-9+/]{64}\n/, '\n')),
      }),
      /certfile = .*: certificate 1 of 1 cannot be read/,
    ],
    [
      'a key under a passphrase',
      () => {
        openssl('pkey', '-in', client.key, '-aes256', '-passout', 'pass:secret', '-out', 'locked.key');
        return { ...good, keyfile: join(directory, 'locked.key') };
      },
      /keyfile = .*: is a private key under a passphrase/,
    ],
  ])('are refused by key and file: %s', async (_what, options, message) => {
    const text = await said(options());
    expect(text).toMatch(message);
    expect(text).toMatch(/^broker\.ssl_options\./);
    expect(text).not.toContain('\n');
  });

  it('are noted when a certificate is out of its time, and nobody is refused for it: clocks are wrong at boots', async () => {
    const day = 86_400_000;
    expect(await said(good)).toMatch(/^fine, broker\.ssl_options\.certfile = .*: expires on .*; renew it$/);
    expect(await said(good, Date.now() + 3 * day)).toMatch(/^fine, .*: expired on .*the broker will refuse it/);
    expect(await said(good, Date.now() - 3 * day)).toMatch(/^fine, .*: is not valid before .*clock/);
  });
});
