import type { ErlangTerm } from '../erlang-terms.js';
import { isLoopback } from '../check-together.js';
import { KEYS } from '../schema.js';
import type { OldConnection } from './broker-connections.js';
import type { ImportFindings } from './import-findings.js';
import type { Place, SettingReader } from './setting-reader.js';
import { showTerm } from './show-term.js';
import { tlsValues } from './tls-values.js';

/** One broker address, under this server's names. */
interface Target {
  readonly host: string;
  readonly port: number | undefined;
  readonly virtualHost: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

/** Names of a connection's options in thumper and in turtle, and our keys for them. */
const OPTIONS: Readonly<Record<string, string | undefined>> = {
  host: 'broker.host',
  port: 'broker.port',
  virtual_host: 'broker.virtual_host',
  user: 'broker.user',
  username: 'broker.user',
  password: 'broker.password',
  heartbeat: 'broker.heartbeat',
  connection_timeout: 'broker.connection_timeout',
};
/** Options that other code reads. */
const ELSEWHERE: ReadonlySet<string> = new Set(['ssl_options', 'ssl', 'tls', 'connections', 'conn_name']);

/**
 * Our `broker.*` for the Erlang server's connections: one address as host, port and so on, several as `broker.urls`.
 * Without a host it is localhost, as in the Erlang client.
 */
export function brokerValues(
  connections: readonly OldConnection[],
  reader: SettingReader,
  findings: ImportFindings,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>([['broker.kind', 'amqp']]);
  if (connections.length === 0) {
    findings.warn('no broker connection was found: this server will connect to localhost, as guest');
  }
  const targets: Target[] = [];
  for (const connection of connections) {
    const shared = sharedValues(connection, reader, findings);
    for (const [key, value] of shared.values) keepFirst(values, key, value, connection, findings);
    if (targets.length > 0 && shared.tls !== targets[0]?.tls) {
      findings.warn(
        `${connection.file}: ${connection.from} differs from the connection before it in whether TLS is used`,
      );
    }
    sayWhatIsAbsent(connection, findings);
    targets.push(...targetsOf(connection, shared.tls, reader));
  }
  const different = [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
  const [only] = different;
  if (only !== undefined && different.length === 1) putTarget(values, only);
  else if (different.length > 1) {
    values.set('broker.urls', different.map(urlOf));
    if (different.some(({ tls }) => tls)) values.set('broker.tls', true);
  }
  for (const { tls, host } of different) {
    if (!tls && !isLoopback(host)) {
      findings.warn(
        `the connection to the broker ${host} is without TLS, as it was: the password goes over the wire in clear`,
      );
    }
  }
  return values;
}

function sharedValues(
  { from, file, options }: OldConnection,
  reader: SettingReader,
  findings: ImportFindings,
): { readonly tls: boolean; readonly values: ReadonlyMap<string, unknown> } {
  const { tls, values } = tlsValues({ from, file }, options.values, reader, findings);
  const all = new Map(values);
  for (const [name, term] of options.values) {
    const key = OPTIONS[name];
    if (key === 'broker.heartbeat' || key === 'broker.connection_timeout') {
      const value = reader.value({ key, from: `${from}.${name}`, file, term });
      if (value !== undefined) all.set(key, value);
    } else if (key === undefined && !ELSEWHERE.has(name)) {
      findings.note(`${from}.${name}`, KEYS.get(`broker.${name}`)?.ignored);
    }
  }
  return { tls, values: all };
}

function targetsOf(
  { from, file, options, places }: OldConnection,
  tls: boolean,
  reader: SettingReader,
): readonly Target[] {
  const read = (name: string, term: ErlangTerm | undefined, key = OPTIONS[name] ?? name) =>
    term === undefined ? undefined : reader.value({ key, from: `${from}.${name}`, file, term });
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined);
  const userName = options.values.has('username') ? 'username' : 'user';
  const user = text(read(userName, options.values.get(userName)));
  const password = text(read('password', options.values.get('password')));
  const virtualHost = text(read('virtual_host', options.values.get('virtual_host'))) ?? '/';
  const common = { virtualHost, user, password, tls };
  if (places.length > 0) {
    return places.map(({ host, port }) => ({
      ...common,
      host: text(read('connections', host, 'broker.host')) ?? 'localhost',
      port: number(read('connections', port, 'broker.port')),
    }));
  }
  const host = text(read('host', options.values.get('host'))) ?? 'localhost';
  return [{ ...common, host, port: number(read('port', options.values.get('port'))) }];
}

/** The Erlang client's defaults. */
const CLIENT_DEFAULTS: readonly (readonly [readonly string[], string])[] = [
  [['host', 'connections'], 'host localhost'],
  [['virtual_host'], 'virtual_host /'],
  [['user', 'username'], 'user guest'],
  [['password'], 'password guest'],
];

function sayWhatIsAbsent({ from, file, options }: OldConnection, findings: ImportFindings): void {
  const absent = CLIENT_DEFAULTS.filter(([names]) => !names.some((name) => options.values.has(name)));
  if (absent.length === 0) return;
  const list = absent.map(([, text]) => text).join(', ');
  findings.warn(`${file}: ${from} leaves settings out, so the defaults of the Erlang client are kept: ${list}`);
}

function putTarget(values: Map<string, unknown>, target: Target): void {
  const put = (key: string, value: unknown) => {
    if (value !== undefined) values.set(key, value);
  };
  put('broker.host', target.host);
  put('broker.port', target.port);
  put('broker.virtual_host', target.virtualHost);
  put('broker.user', target.user);
  put('broker.password', target.password);
  if (target.tls) put('broker.tls', true);
}

function urlOf({ host, port, virtualHost, user, password, tls }: Target): string {
  const credentials = `${encodeURIComponent(user ?? 'guest')}:${encodeURIComponent(password ?? 'guest')}`;
  const authority = host.includes(':') ? `[${host}]` : host;
  const scheme = tls ? 'amqps' : 'amqp';
  return `${scheme}://${credentials}@${authority}:${port ?? (tls ? 5671 : 5672)}/${encodeURIComponent(virtualHost)}`;
}

/** Settings that all connections share here: those of the first count; different certificates are a loss. */
function keepFirst(
  values: Map<string, unknown>,
  key: string,
  value: unknown,
  { from, file }: Place,
  findings: ImportFindings,
): void {
  const before = values.get(key);
  if (before === undefined) values.set(key, value);
  else if (before !== value && key.startsWith('broker.ssl_options.')) {
    const found = `differs from the connection before it in ${key}`;
    findings.lose({ file, from, found, wanted: 'all brokers must share one set of TLS options here' });
  } else if (before !== value) {
    const shown = showTerm({ kind: 'text', text: String(value) });
    findings.warn(`${file}: ${from} has another ${key}, ${shown}: that of the connection before it counts for all`);
  }
}
