import { adminSocket } from '../../config/admin-socket.js';
import type { Config } from '../../config/schema.js';
import { createAdminApp } from '../../http/admin/admin-app.js';
import type { Operations } from '../../operations/operations.js';
import { HttpListener } from '../../http/http-listener.js';
import { startHttpServer, type HttpServer } from '../../http/server.js';
import type { ServerBase } from '../state/server-base.js';

/** What sockaddr_un holds (unix(7)), its final zero byte left out. */
const MAX_PATH_BYTES = 107;

/** Why no socket can have the name that it would have, with the key; undefined: one can. */
export function adminSocketTrouble(config: Pick<Config, 'run_dir'>): string | undefined {
  return Buffer.byteLength(adminSocket(config)) > MAX_PATH_BYTES
    ? `run_dir = ${config.run_dir}: a socket's path has at most ${MAX_PATH_BYTES} bytes; set a shorter one`
    : undefined;
}

const nothing: HttpServer = { port: 0, close: () => Promise.resolve() };

/**
 * The Unix socket for the command line on this machine (tokens, export). Firewalls are more important than it is: a
 * socket that can't be made is logged and an alarm, and the server runs without.
 */
export function adminListener(
  { store, config, log, system, alarms }: Pick<ServerBase, 'store' | 'config' | 'log' | 'system' | 'alarms'>,
  operations: () => Operations,
): HttpListener {
  return new HttpListener({
    async start() {
      const socketPath = adminSocket(config);
      const without = (says: string): HttpServer => {
        alarms.set('admin.socket', `${says}; without the socket, token and export commands must wait for a stop`);
        return nothing;
      };
      const trouble = adminSocketTrouble(config);
      if (trouble !== undefined) {
        log.warn({ socket: socketPath }, `no admin socket: ${trouble}`);
        return without(trouble);
      }
      try {
        const server = await startHttpServer(
          createAdminApp({
            store,
            clock: system.clock,
            log,
            dialect: () => operations().dialect(),
            operations,
            evalIn: config.console.eval ? system : undefined,
          }),
          { socketPath },
        );
        alarms.clear('admin.socket');
        return server;
      } catch (error) {
        const says = `run_dir = ${config.run_dir}: no socket can be made there: ${error instanceof Error ? error.message : String(error)}`;
        log.error({ err: error, socket: socketPath }, `no admin socket: ${says}`);
        return without(says);
      }
    },
    listening: () => undefined,
  });
}
