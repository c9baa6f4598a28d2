import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';

function make(...args: readonly string[]) {
  return spawnSync('packaging/certificates/make-certificates', args, { encoding: 'utf8' });
}
function certificate(directory: string, name: string): X509Certificate {
  return new X509Certificate(readFileSync(join(directory, `${name}.crt`)));
}

describe('make-certificates', () => {
  it('makes an authority, and certificates for a broker of several names and for a client', () => {
    const pki = temporaryDirectory();
    expect(make('ca', pki)).toMatchObject({ status: 0, stderr: '' });
    // A name of four labels with digits is no address.
    expect(make('broker', pki, 'n1.eu2.dc3.x4', '192.0.2.1', '2001:db8::1')).toMatchObject({ status: 0, stderr: '' });
    expect(make('client', pki, 'web1-5f3a9c0d')).toMatchObject({ status: 0, stderr: '' });
    const [ca, broker] = [certificate(pki, 'ca'), certificate(pki, 'broker')];
    expect(broker.subjectAltName).toBe('DNS:n1.eu2.dc3.x4, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1');
    expect([broker, certificate(pki, 'web1-5f3a9c0d')].map((one) => one.verify(ca.publicKey))).toEqual([true, true]);
    for (const name of ['ca', 'broker', 'web1-5f3a9c0d'])
      expect(statSync(join(pki, `${name}.key`)).mode & 0o777).toBe(0o600);
    expect(make('broker', pki, 'other').stderr).toContain('broker.crt is there already');
  });

  it('says why it makes none, and leaves nothing of it', () => {
    const pki = temporaryDirectory();
    make('ca', pki);
    const { status, stderr } = make('broker', pki, '999.1.1.1');
    expect([status, stderr]).toEqual([1, expect.stringContaining('bad ip address') as string]);
    expect(readdirSync(pki).sort()).toEqual(['ca.crt', 'ca.key']);
  });
});
