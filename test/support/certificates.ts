import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of a private authority, and of what it signed. */
export interface Certificates {
  readonly ca: string;
  /** For `dog-broker.test`, not for any address. */
  readonly server: { readonly cert: string; readonly key: string };
  /** For 127.0.0.1 and `localhost`. */
  readonly local: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
  /** A client of another authority. */
  readonly stranger: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Makes certificates with openssl in `directory`. */
export function makeCertificates(directory: string): Certificates {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const file = (name: string): string => join(directory, name);
  const authority = (name: string): string => {
    const subject = ['-subj', `/CN=${name}`, '-days', '2', '-nodes'];
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-keyout', `${name}.key`, '-out', `${name}.crt`, ...subject);
    return file(`${name}.crt`);
  };
  const signed = (ca: string, name: string, extension: string): { cert: string; key: string } => {
    writeFileSync(file(`${name}.ext`), extension);
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    const by = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    );
    return { cert: file(`${name}.crt`), key: file(`${name}.key`) };
  };
  const ca = authority('ca');
  const strangerCa = authority('stranger-ca');
  return {
    ca,
    server: signed('ca', 'server', 'subjectAltName=DNS:dog-broker.test\nextendedKeyUsage=serverAuth\n'),
    local: signed('ca', 'local', 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n'),
    client: signed('ca', 'client', 'extendedKeyUsage=clientAuth\n'),
    stranger: { ca: strangerCa, ...signed('stranger-ca', 'stranger', 'extendedKeyUsage=clientAuth\n') },
  };
}
