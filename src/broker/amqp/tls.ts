import { readFile } from 'node:fs/promises';
import { BrokerError } from '../broker.js';
import type { SslOptions } from './options.js';

/** The options of `tls.connect` that are used here. */
export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
  readonly checkServerIdentity?: () => undefined;
}

/** What Node's TLS needs. */
export interface TlsSetup {
  readonly options: TlsOptions;
  /** Whether the host's name is sent (SNI). */
  readonly namesHost: boolean;
}

/**
 * Translates `ssl_options`. Files are read at each connect, so that renewed certificates need no restart.
 * @throws BrokerError access, naming the key and the file that can't be read.
 */
export async function tlsSetup(ssl: SslOptions): Promise<TlsSetup> {
  const [ca, cert, key] = await Promise.all([
    pem('cacertfile', ssl.cacertfile),
    pem('certfile', ssl.certfile),
    pem('keyfile', ssl.keyfile),
  ]);
  const options: TlsOptions = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: ssl.verify !== 'verify_none',
  };
  const name = ssl.server_name_indication;
  if (name === undefined) return { options, namesHost: true };
  if (name !== 'disable') return { options: { ...options, servername: name }, namesHost: true };
  // Only the name is not checked: the chain still is.
  return { options: { ...options, checkServerIdentity: () => undefined }, namesHost: false };
}

async function pem(key: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BrokerError('connection', 'access', `broker: ssl_options.${key} can't be read: ${why}`, { cause });
  }
}
