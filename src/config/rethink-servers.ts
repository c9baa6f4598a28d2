import type { Config } from './schema.js';

const DRIVER_PORT = 28015;

/** The RethinkDB servers to try, in order: those of `store.servers`, or the one of the old keys. */
export const rethinkServers = ({
  store,
  rethinkdb_host,
  rethinkdb_port,
}: Pick<Config, 'store' | 'rethinkdb_host' | 'rethinkdb_port'>): readonly {
  readonly host: string;
  readonly port: number;
}[] => {
  if (store.servers.length === 0) return [{ host: rethinkdb_host, port: rethinkdb_port }];
  return store.servers.map((text) => {
    const [host = text, port, ...more] = text.split(':');
    // More than one colon: an IPv6 address, which comes without a port here.
    if (port === undefined || more.length > 0) return { host: text, port: DRIVER_PORT };
    return { host, port: Number(port) };
  });
};
