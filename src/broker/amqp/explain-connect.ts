/** What is known of an attempt besides its error. */
export interface Attempt {
  readonly tls: boolean;
}

const FILES = 'broker.ssl_options.certfile and keyfile';
const WHERE = 'broker.url, or broker.host and broker.port';

/**
 * What to look at when a connection could not be made: which key of the configuration, if it may be one. `message` is
 * what Node, OpenSSL or the broker said, `code` Node's name for it; undefined where that says it all.
 */
export function explainConnect(message: string, code: string, { tls }: Attempt): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return (
      "the broker's certificate is not for the name in broker.ssl_options.server_name_indication; set that to a name in " +
      'the certificate, or leave it unset: then the name is not checked, but still who signed it'
    );
  if (/^CERT_HAS_EXPIRED$/.test(code))
    return "the broker's certificate, or one that it rests on, has expired: renew it at the broker (and broker.ssl_options.cacertfile)";
  if (code === 'CERT_NOT_YET_VALID') return "the broker's certificate is not valid yet; is this machine's clock right?";
  if (/^ERR_(SSL|OSSL)_.*ALERT/.test(code) || /\balert (number|certificate|unknown ca|bad certificate)/i.test(message))
    return `the broker does not take this server's certificate: see ${FILES}, and what the broker trusts`;
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)/.test(code))
    return `the port does not speak TLS: amqp:// in place of amqps://, or another port (${WHERE}, broker.tls)`;
  if (/CERT|SELF_SIGNED|ISSUER|LEAF_SIGNATURE/.test(code))
    return (
      "the broker's certificate is signed by nobody in broker.ssl_options.cacertfile (unset: by nobody whom the system " +
      'trusts); put the certificate of the authority that signed it there'
    );
  if (/\b403 \(ACCESS.REFUSED\)/.test(message))
    return 'the user or the password is not right: broker.url, or broker.user and broker.password';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name has no address: ${WHERE}`;
  if (/closed abruptly|ECONNRESET/.test(`${message} ${code}`))
    return tls
      ? `the broker hung up during the handshake: does it want another certificate (${FILES})? Its log says why`
      : `the broker hung up during the handshake: does this port want TLS (amqps:// in broker.url, or broker.tls: true)? Its log says why`;
  return undefined;
}
