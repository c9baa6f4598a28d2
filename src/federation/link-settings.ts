import type { Document, Json } from '../model/document.js';
import { isEnvironmentName } from '../model/environment-name.js';
import { isObject } from '../model/validate.js';

/** How a linked environment's sets join ours (docs/rulesets.md#sets-of-linked-environments). */
export type Handling = 'union' | 'prefix';

/** The broker of a linked server, as the link's `connection` gives it. Holds a password: never logged or shown. */
export interface FarBroker {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly vhost: string;
  readonly tls: boolean;
  readonly ssl: FarTls;
}

/** Files are PEM; `server_name_indication` is absent where no name is to be checked. */
export interface FarTls {
  readonly cacertfile?: string;
  readonly certfile?: string;
  readonly keyfile?: string;
  readonly verify: 'verify_peer' | 'verify_none';
  readonly server_name_indication?: string;
}

/** A link's row as it is worked by. */
export interface LinkSettings {
  readonly id: string;
  /** The far server's `env`. */
  readonly name: string;
  readonly enabled: boolean;
  /** Enabled, and its direction lets sets in. */
  readonly receives: boolean;
  /** Enabled, and its direction lets our sets out. */
  readonly sends: boolean;
  readonly handling: Handling;
  /** Why nothing can be received or sent: one sentence; absent: all is well. */
  readonly fault?: string;
  /** Undefined: it cannot be told from the row, and `farFault` says why. */
  readonly far: FarBroker | undefined;
  readonly farFault?: string;
  /** Silent so long, it is stale; absent: three intervals. Milliseconds. */
  readonly staleMs?: number;
  /** Silent so long, its sets are taken out of service; absent: never. Milliseconds. */
  readonly maxStaleMs?: number;
}

/** `dog`'s brokers listen here for TLS (docs/protocol.md#linked-servers). */
const TLS_PORT = 5673;
const PLAIN_PORT = 5672;
const HOST = /^[A-Za-z0-9_.:%-]+$/;

/** Reads a row; whatever it holds, there is an answer, and what cannot be worked by is said in words. */
export function readLink(row: Document): LinkSettings {
  const enabled = row.enabled === true;
  const { direction } = row;
  const name = typeof row.name === 'string' ? row.name : '';
  const far = readFar(row.connection);
  const fault = linkFault(row);
  const staleMs = milliseconds(row.stale_seconds);
  const maxStaleMs = milliseconds(row.max_stale_seconds);
  return {
    id: row.id,
    name,
    enabled,
    receives: enabled && fault === undefined && direction !== 'outbound',
    sends: enabled && fault === undefined && direction !== 'inbound',
    handling: row.address_handling === 'prefix' ? 'prefix' : 'union',
    ...(fault === undefined ? {} : { fault }),
    ...(typeof far === 'string' ? { far: undefined, farFault: far } : { far }),
    ...(staleMs === undefined ? {} : { staleMs }),
    ...(maxStaleMs === undefined ? {} : { maxStaleMs }),
  };
}

function linkFault({ name, direction }: Document): string | undefined {
  if (!isEnvironmentName(name)) return 'name: must be one or two of letters, digits, _ . and -';
  if (direction !== 'inbound' && direction !== 'outbound' && direction !== 'bidirectional')
    return 'direction: must be inbound, outbound or bidirectional';
  return undefined;
}

/** Positive numbers only: 0 and what is no number mean "not set". */
function milliseconds(seconds: Json | undefined): number | undefined {
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : undefined;
}

function readFar(connection: Json | undefined): FarBroker | string {
  if (!isObject(connection)) return 'connection: must be an object';
  const { host, port, user, password, virtual_host } = connection;
  const tls = connection['tls'] !== false;
  if (typeof host !== 'string' || !HOST.test(host)) return 'connection.host: must be a host name or an address';
  if (port !== undefined && !isPort(port)) return 'connection.port: must be a whole number from 1 to 65535';
  if (typeof password !== 'string') return 'connection.password: must be a string';
  const ssl = tls ? readTls(connection['ssl_options'], host) : { verify: 'verify_peer' as const };
  if (typeof ssl === 'string') return ssl;
  return {
    host,
    port: isPort(port) ? port : tls ? TLS_PORT : PLAIN_PORT,
    user: typeof user === 'string' && user !== '' ? user : 'guest',
    password,
    vhost: typeof virtual_host === 'string' && virtual_host !== '' ? virtual_host : 'dog',
    tls,
    ssl,
  };
}

function isPort(port: Json | undefined): port is number {
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535;
}

/** A name is left unchecked only where the document says `disable`; where it says nothing, the broker's host is checked. */
function readTls(options: Json | undefined, host: string): FarTls | string {
  if (!isObject(options)) return 'connection.ssl_options: must be an object';
  const { verify, server_name_indication: name = host } = options;
  if (typeof name !== 'string' || name === '')
    return 'connection.ssl_options.server_name_indication: must be a name, or disable';
  if (verify !== 'verify_peer' && verify !== 'verify_none')
    return 'connection.ssl_options.verify: must be verify_peer or verify_none';
  const file = (key: 'cacertfile' | 'certfile' | 'keyfile') => {
    const path = options[key];
    return typeof path === 'string' && path !== '' ? { [key]: path } : {};
  };
  return {
    ...file('cacertfile'),
    ...file('certfile'),
    ...file('keyfile'),
    verify,
    ...(name === 'disable' ? {} : { server_name_indication: name }),
  };
}
