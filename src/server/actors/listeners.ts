import { mayStillRead } from '../../http/access/authorize.js';
import { refuseForeignHost } from '../../http/access/refuse-foreign.js';
import { createApp } from '../../http/app.js';
import { StreamRoom } from '../../http/events/stream-room.js';
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
  base: Pick<ServerBase, 'store' | 'config' | 'settings' | 'log' | 'metrics' | 'system' | 'events' | 'actorEvents'>,
  operations: () => Operations,
  ports: Ports,
): HttpListener {
  const { store, config, settings, log, metrics, system, events, actorEvents } = base;
  const { clock } = system;
  return new HttpListener({
    start: async () => {
      const streams = new StreamRoom({
        most: config.api.streams_max,
        heartbeatMs: config.api.stream_heartbeat_seconds * 1000,
        mayListen: (request) => mayStillRead({ store, config, clock }, request),
      });
      const app = createApp({ store, config, settings, log, metrics, clock, operations, events, actorEvents, streams });
      // After a restart the port that callers know is kept, also when any free one was asked for.
      const server = await startHttpServer(app, { ...config.api, port: ports.api || config.api.port });
      return {
        port: server.port,
        close: (deadlineMs) => {
          streams.close('the server stops');
          return server.close(deadlineMs);
        },
      };
    },
    listening: (port) => (ports.api = port),
    explain: (error) => listenFault(error, { section: 'api', ...config.api }),
  });
}

export function metricsListener(
  { metrics, config, log }: Pick<ServerBase, 'metrics' | 'config' | 'log'>,
  operations: () => Operations,
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
        readiness: () => operations().readiness(),
        onError: (error) => log.error({ err: error }, 'a scrape could not be answered'),
      });
      return { port: server.port, close: () => server.close() };
    },
    listening: (port) => (ports.metrics = port),
    explain: (error) => listenFault(error, { section: 'metrics', ...config.metrics }),
  });
}
