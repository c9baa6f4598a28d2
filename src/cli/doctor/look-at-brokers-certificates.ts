import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { parseEndpoints } from '../../broker/amqp/endpoint.js';
import { tlsSetup, type TlsOptions } from '../../broker/amqp/tls.js';
import { brokerUrls } from '../../config/broker-urls.js';
import type { Config } from '../../config/schema.js';
import { sslOptions } from '../../server/opening/create-broker.js';
import { datesOf } from './dates-of-certificate.js';
import type { Finding } from './finding.js';

/**
 * Until when the certificates hold that brokers show. Empty where they are not checked, and for a broker that shows none:
 * the look at the broker says why not.
 */
export async function lookAtBrokersCertificates(config: Config, now: number): Promise<readonly Finding[]> {
  if (config.broker.kind !== 'amqp' || config.broker.ssl_options.verify === 'verify_none') return [];
  const findings: Finding[] = [];
  for (const { tls, host, port } of parseEndpoints({ urls: brokerUrls(config) })) {
    if (!tls) continue;
    try {
      const shown = await certificateOf(
        host,
        port,
        await tlsSetup(sslOptions(config)),
        config.broker.connection_timeout,
      );
      const renew = 'renew it at the broker, and restart that';
      findings.push(datesOf('certificate of the broker', `${host} port ${port}`, shown, { now, renew }));
    } catch {
      // The look at the broker tells of the same trouble, in words.
    }
  }
  return findings;
}

/** What a handshake shows, good or not. Rejects where there is none within `timeoutMs`. */
function certificateOf(host: string, port: number, options: TlsOptions, timeoutMs: number): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, host, port, rejectUnauthorized: false });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no handshake within ${timeoutMs} ms`)), timeoutMs);
    socket.once('close', () => clearTimeout(timer));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate>;
      socket.destroy();
      if (raw === undefined) reject(new Error('no certificate was shown'));
      else resolve(new X509Certificate(raw));
    });
  });
}
