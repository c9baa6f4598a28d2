/** What the settings of a connection are called where they stand, so that an error names what is to be looked at. */
export interface SettingNames {
  readonly address: string;
  readonly user: string;
  readonly vhost: string;
  /** The section with the files. */
  readonly ssl: string;
  /** How it is said that no name is to be checked. */
  readonly anyName: string;
  /** How TLS is turned on, and how it is turned off. */
  readonly withTls: string;
  readonly withoutTls: string;
}

/** Of this server's own broker: keys of its configuration. */
export const BROKER_SETTINGS: SettingNames = {
  address: 'broker.url, or broker.host and broker.port',
  user: 'broker.url, or broker.user and broker.password',
  vhost: 'the path of broker.url, or broker.virtual_host',
  ssl: 'broker.ssl_options',
  anyName: 'leave it unset',
  withTls: 'amqps:// in broker.url, or broker.tls: true',
  withoutTls: 'amqp:// in place of amqps://, or another port (broker.url, or broker.host and broker.port, broker.tls)',
};

/** What is known of an attempt besides its error. */
export interface Attempt {
  readonly tls: boolean;
  readonly settings: SettingNames;
}

/**
 * What to look at when a connection could not be made: which key of the configuration, if it may be one. `message` is
 * what Node, OpenSSL or the broker said, `code` Node's name for it; undefined where that says it all.
 */
export function explainConnect(message: string, code: string, { tls, settings }: Attempt): string | undefined {
  const { ssl, address } = settings;
  const files = `${ssl}.certfile and keyfile`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return (
      `the broker's certificate is not for the name in ${ssl}.server_name_indication; set that to a name in the ` +
      `certificate, or ${settings.anyName}: then the name is not checked, but still who signed it`
    );
  if (/^CERT_HAS_EXPIRED$/.test(code))
    return `the broker's certificate, or one that it rests on, has expired: renew it at the broker (and ${ssl}.cacertfile)`;
  if (code === 'CERT_NOT_YET_VALID') return "the broker's certificate is not valid yet; is this machine's clock right?";
  if (/^ERR_(SSL|OSSL)_.*ALERT/.test(code) || /\balert (number|certificate|unknown ca|bad certificate)/i.test(message))
    return `the broker does not take this server's certificate: see ${files}, and what the broker trusts`;
  if (/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)/.test(code))
    return `the port does not speak TLS: ${settings.withoutTls}`;
  if (/CERT|SELF_SIGNED|ISSUER|LEAF_SIGNATURE/.test(code))
    return (
      `the broker's certificate is signed by nobody in ${ssl}.cacertfile (unset: by nobody whom the system ` +
      'trusts); put the certificate of the authority that signed it there'
    );
  if (/\b403 \(ACCESS.REFUSED\)/.test(message)) return `the user or the password is not right: ${settings.user}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the name has no address: ${address}`;
  if (/closed abruptly|ECONNRESET/.test(`${message} ${code}`))
    return tls
      ? `the broker hung up during the handshake: does it want another certificate (${files})? Its log says why`
      : `the broker hung up during the handshake: does this port want TLS (${settings.withTls})? Its log says why`;
  return undefined;
}
