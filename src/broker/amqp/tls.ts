import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { PeerCertificate } from 'node:tls';
import type { SslOptions } from './options.js';
import { readTlsFiles } from './tls-files.js';

/** The options of `tls.connect` that are used here. */
export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
  /** Absent: no name is sent. */
  readonly servername?: string;
  readonly checkServerIdentity: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * Translates `ssl_options`. Files are read at each connect, so that renewed certificates need no restart. The chain is
 * checked unless `verify_none`; a name is sent and checked only where one is given: brokers of `dog` have certificates
 * for other names than the one they are reached by, and no client of theirs ever looked.
 * @throws BrokerError access, naming the key and the file that is of no use
 */
export async function tlsSetup(ssl: SslOptions): Promise<TlsOptions> {
  const { notes: _, ...files } = await readTlsFiles(ssl);
  const name = ssl.server_name_indication;
  const named = name !== undefined && name !== 'disable';
  return {
    ...files,
    rejectUnauthorized: ssl.verify !== 'verify_none',
    // An address is no server name (RFC 6066, section 3); the certificate is checked for it all the same.
    ...(named && isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_host, certificate) => (named ? checkServerIdentity(name, certificate) : undefined),
  };
}
