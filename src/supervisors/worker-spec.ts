import { startServer, type ChildSpec, type Message, type Server, type ServerOptions } from '../otp/index.js';

/**
 * A permanent worker made anew for each incarnation, registered under its id. It traps exits when it has last words, so
 * that an orderly stop lets it say them.
 */
export const workerSpec = <Call, Reply, Cast, Info extends Message>(
  id: string,
  make: () => Server<Call, Reply, Cast, Info>,
  options: Pick<ServerOptions, 'maxQueue' | 'initTimeoutMs'> & { readonly shutdown?: number } = {},
): ChildSpec => ({
  id,
  shutdown: options.shutdown ?? 5000,
  start: ({ kernel, parent }) => {
    const server = make();
    const { shutdown: _shutdown, ...rest } = options;
    return startServer(kernel, server, { parent, name: id, trapExit: server.terminate !== undefined, ...rest });
  },
});
