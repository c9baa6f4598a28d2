import { isLoopback } from '../check-together.js';

const API_PORT = 7070;
const METRICS_PORT = 8085;

/** What a configuration opens to other machines, one sentence per port, with how to close it. */
export function openedToNetwork(values: ReadonlyMap<string, unknown>): readonly string[] {
  const opened: string[] = [];
  const [api, metrics] = [values.get('api.host'), values.get('metrics.host')];
  if (typeof api === 'string' && !isLoopback(api)) {
    opened.push(
      `the API listens on ${api} port ${shown(values.get('api.port'), API_PORT)} without authentication (api.auth is none), as the Erlang server did: anybody who reaches it can change every firewall, unless a gateway in front stops them; api.auth: tokens asks for a token, api.host: 127.0.0.1 closes it`,
    );
  }
  if (typeof metrics === 'string' && !isLoopback(metrics)) {
    opened.push(
      `the metrics are on ${metrics} port ${shown(values.get('metrics.port'), METRICS_PORT)} without authentication, as on the Erlang server; metrics.host: 127.0.0.1 closes them`,
    );
  }
  return opened;
}

function shown(port: unknown, otherwise: number) {
  return String(typeof port === 'number' ? port : otherwise);
}
