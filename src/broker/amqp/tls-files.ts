import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { BrokerError } from '../broker.js';
import type { SslOptions } from './options.js';

type FileKey = 'cacertfile' | 'certfile' | 'keyfile';

/** What stands in the files of `ssl_options`: PEM that was read as what it should be. */
export interface TlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Sentences about what is good to know though it stops nothing: a certificate out of its time. */
  readonly notes: readonly string[];
}

/** A certificate is named so long before its end, in milliseconds. */
const SOON_MS = 14 * 86_400_000;

/**
 * Reads the files, and sees whether they are certificates, and a private key that belongs to this server's own. When a
 * certificate ends is a matter of clocks, which may be wrong at a boot: that is noted, and the broker decides.
 * @throws BrokerError access, beginning with the configuration key and the file
 */
export async function readTlsFiles(ssl: SslOptions, now: number = Date.now()): Promise<TlsFiles> {
  const [ca, cert, key] = await Promise.all([
    contents('cacertfile', ssl),
    contents('certfile', ssl),
    contents('keyfile', ssl),
  ]);
  const notes: string[] = [];
  if (ca !== undefined) certificates('cacertfile', ssl, ca);
  if (cert !== undefined) {
    const [own] = certificates('certfile', ssl, cert);
    if (own !== undefined) notes.push(...outOfTime(place('certfile', ssl), own, now));
    if (key !== undefined && own?.checkPrivateKey(privateKey(ssl, key)) !== true)
      throw fault(
        'keyfile',
        ssl,
        `is not the private key of the certificate in ${ssl.certfile} (${section(ssl)}.certfile)`,
      );
  }
  const files = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  try {
    // What the connection will do with them; it has demands of its own, such as the length of keys.
    createSecureContext(files);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fault(cert === undefined ? 'cacertfile' : 'certfile', ssl, `cannot be used: ${why}`, cause);
  }
  return { ...files, notes };
}

function section({ section = 'broker.ssl_options' }: SslOptions): string {
  return section;
}

function place(key: FileKey, ssl: SslOptions): string {
  return `${section(ssl)}.${key} = ${ssl[key]}`;
}

function fault(key: FileKey, ssl: SslOptions, says: string, cause?: unknown): BrokerError {
  return new BrokerError('connection', 'access', `${place(key, ssl)}: ${says}`, cause === undefined ? {} : { cause });
}

async function contents(key: FileKey, ssl: SslOptions): Promise<Buffer | undefined> {
  const file = ssl[key];
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fault(key, ssl, `cannot be read: ${why}`, cause);
  }
}

/**
 * Every certificate of PEM text, the first being its owner's own.
 * @throws Error saying what is wrong, to follow the name of the file
 */
export function certificatesIn(pem: Buffer): readonly X509Certificate[] {
  const blocks = pem.toString('latin1').match(BLOCK) ?? [];
  if (blocks.length === 0) throw new Error('holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new Error(`certificate ${index + 1} of ${blocks.length} cannot be read`, { cause });
    }
  });
}

const BLOCK = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

function certificates(key: FileKey, ssl: SslOptions, pem: Buffer): readonly X509Certificate[] {
  try {
    return certificatesIn(pem);
  } catch (cause) {
    throw fault(key, ssl, (cause as Error).message, cause);
  }
}

function privateKey(ssl: SslOptions, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const locked = /ENCRYPTED/.test(pem.toString('latin1'));
    throw fault(
      'keyfile',
      ssl,
      locked
        ? 'is a private key under a passphrase, for which there is no setting; take that off (openssl pkey)'
        : 'holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)',
      cause,
    );
  }
}

function outOfTime(where: string, own: X509Certificate, now: number): readonly string[] {
  const [from, to] = [Date.parse(own.validFrom), Date.parse(own.validTo)];
  if (now < from) return [`${where}: is not valid before ${own.validFrom}; is this machine's clock right?`];
  if (now > to) return [`${where}: expired on ${own.validTo}, so the broker will refuse it; renew it`];
  return to - now < SOON_MS ? [`${where}: expires on ${own.validTo}; renew it`] : [];
}
