import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a certificate with openssl that ends `days` days from now (negative: it has ended), signed by `ca.crt` and
 * `ca.key` of the directory (test/support/certificates.ts), and its key.
 */
export function datedCertificate(directory: string, name: string, days: number, extension: string) {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  writeFileSync(join(directory, `${name}.ext`), `${extension}\n`);
  const request = ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`];
  openssl('req', ...request, '-subj', `/CN=${name}`);
  const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', `${name}.ext`];
  openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, '-days', String(days), ...by);
  return { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
}
