import type { ServerBase } from '../actors/context.js';
import { createApp } from '../http/app.js';
import { refuseForeignHost } from '../http/access/refuse-foreign.js';
import type { Runtime } from '../http/deps.js';
import { HttpListener } from '../http/http-listener.js';
import { startHttpServer } from '../http/server.js';
import { startMetricsServer } from '../metrics/metrics-server.js';
import { adminListener } from './admin-listener.js';
import { listenFault } from './listen-fault.js';
import { supervisorSpec } from '../otp/index.js';
import { workerSpec } from '../otp/index.js';

/** Told the real ports when the servers listen. */
export interface Ports {
  api: number;
  metrics: number;
}

/** The API on 7070, the metrics on 8085 and the admin socket, each on its own: one that falls takes no other down. */
export function httpSup(context: ServerBase, runtime: Runtime, ports: Ports) {
  return supervisorSpec('http_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () => [
    workerSpec(
      'api',
      () =>
        new HttpListener({
          start: () => {
            const { store, config, log, system } = context;
            const app = createApp({ store, config, log, clock: system.clock, runtime });
            // After a restart the port that callers know is kept, also when any free one was asked for.
            return startHttpServer(app, { ...config.api, port: ports.api || config.api.port });
          },
          listening: (port) => (ports.api = port),
          explain: (error) => listenFault(error, { section: 'api', ...context.config.api }),
        }),
    ),
    workerSpec(
      'metrics',
      () =>
        new HttpListener({
          start: async () => {
            const { metrics, config, log } = context;
            const server = await startMetricsServer({
              metrics,
              host: config.metrics.host,
              port: ports.metrics || config.metrics.port,
              refuse: (headers) =>
                refuseForeignHost(headers, { host: config.metrics.host, allowedHosts: config.api.allowed_hosts }),
              readiness: () => runtime.readiness(),
              onError: (error) => log.error({ err: error }, 'a scrape could not be answered'),
            });
            return { port: server.port, close: () => server.close() };
          },
          listening: (port) => (ports.metrics = port),
          explain: (error) => listenFault(error, { section: 'metrics', ...context.config.metrics }),
        }),
    ),
    workerSpec('admin', () => adminListener(context, runtime)),
  ]);
}
