import type { ServerBase } from '../actors/context.js';
import { adminSocket } from '../config/admin-socket.js';
import { createAdminApp } from '../http/admin/admin-app.js';
import type { Runtime } from '../http/deps.js';
import { HttpListener } from '../http/http-listener.js';
import { startHttpServer, type HttpServer } from '../http/server.js';

/** What sockaddr_un holds (unix(7)), its final zero byte left out. */
const MAX_PATH_BYTES = 107;

const nothing: HttpServer = { port: 0, close: () => Promise.resolve() };

/**
 * The Unix socket for the command line on this machine (tokens, export). Firewalls are more important than it is: a
 * socket that can't be made is logged, and the server runs without.
 */
export const adminListener = (context: ServerBase, runtime: Runtime): HttpListener =>
  new HttpListener({
    async start() {
      const { store, config, log, kernel } = context;
      const socketPath = adminSocket(config);
      if (Buffer.byteLength(socketPath) > MAX_PATH_BYTES) {
        log.warn(
          { socket: socketPath },
          `no admin socket: a socket's path has at most ${MAX_PATH_BYTES} bytes; set run_dir to a shorter one`,
        );
        return nothing;
      }
      try {
        return await startHttpServer(createAdminApp({ store, clock: kernel.clock, log, runtime }), { socketPath });
      } catch (error) {
        log.error(
          { err: error, socket: socketPath },
          'no admin socket: token and export commands must wait for a stop',
        );
        return nothing;
      }
    },
    listening: () => undefined,
  });
