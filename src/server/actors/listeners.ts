import { refuseForeignHost } from '../../http/access/refuse-foreign.js';
import { createApp } from '../../http/app.js';
import { HttpListener } from '../../http/http-listener.js';
import { startHttpServer } from '../../http/server.js';
import { startMetricsServer } from '../../metrics/metrics-server.js';
import type { Operations } from '../../operations/operations.js';
import { listenFault } from '../checks/listen-fault.js';
import type { ServerBase } from '../state/server-base.js';

/** Told the real ports when the servers listen. */
export interface Ports {
  api: number;
  metrics: number;
}

export function apiListener(
  { store, config, log, metrics, system }: Pick<ServerBase, 'store' | 'config' | 'log' | 'metrics' | 'system'>,
  operations: Operations,
  ports: Ports,
): HttpListener {
  return new HttpListener({
    start: () => {
      const app = createApp({ store, config, log, metrics, clock: system.clock, runtime: operations });
      // After a restart the port that callers know is kept, also when any free one was asked for.
      return startHttpServer(app, { ...config.api, port: ports.api || config.api.port });
    },
    listening: (port) => (ports.api = port),
    explain: (error) => listenFault(error, { section: 'api', ...config.api }),
  });
}

export function metricsListener(
  { metrics, config, log }: Pick<ServerBase, 'metrics' | 'config' | 'log'>,
  operations: Operations,
  ports: Ports,
): HttpListener {
  const { host } = config.metrics;
  return new HttpListener({
    start: async () => {
      const server = await startMetricsServer({
        metrics,
        host,
        port: ports.metrics || config.metrics.port,
        refuse: (headers) => refuseForeignHost(headers, { host, allowedHosts: config.api.allowed_hosts }),
        readiness: () => operations.readiness(),
        onError: (error) => log.error({ err: error }, 'a scrape could not be answered'),
      });
      return { port: server.port, close: () => server.close() };
    },
    listening: (port) => (ports.metrics = port),
    explain: (error) => listenFault(error, { section: 'metrics', ...config.metrics }),
  });
}
