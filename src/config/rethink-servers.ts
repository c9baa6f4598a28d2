import { isIPv6 } from 'node:net';
import type { Config } from './schema.js';

const DRIVER_PORT = 28015;

/** The RethinkDB servers to try, in order: those of `store.servers`, or the one of the old keys. @throws Error */
export function rethinkServers({
  store,
  rethinkdb_host,
  rethinkdb_port,
}: Pick<Config, 'store' | 'rethinkdb_host' | 'rethinkdb_port'>): readonly {
  readonly host: string;
  readonly port: number;
}[] {
  if (store.servers.length === 0) return [{ host: rethinkdb_host, port: rethinkdb_port }];
  return store.servers.map((text) => {
    const server = rethinkServer(text);
    if (server === undefined) throw new Error(`store.servers: ${text} is not host, host:port or [address]:port`);
    return server;
  });
}

/** `host`, `host:port`, an IPv6 address, or that as `[address]:port`; undefined for anything else. */
export function rethinkServer(text: string): { readonly host: string; readonly port: number } | undefined {
  // An IPv6 address comes without a port unless it is in brackets.
  if (isIPv6(text)) return { host: text, port: DRIVER_PORT };
  const [, address, name, port = String(DRIVER_PORT)] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = address ?? name;
  const fits = Number(port) >= 1 && Number(port) <= 65_535;
  if (host === undefined || !fits || (address !== undefined && !isIPv6(address))) return undefined;
  return { host, port: Number(port) };
}
