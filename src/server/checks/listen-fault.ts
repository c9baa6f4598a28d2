import { StartFault } from './start-fault.js';

/** Where one of the two servers is to listen, and by which keys. */
export interface Listening {
  readonly section: 'api' | 'metrics';
  readonly host: string;
  readonly port: number;
}

/** Says in the words of the configuration why an address cannot be listened on; other errors come back as they are. */
export function listenFault(error: unknown, { section, host, port }: Listening): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const [byHost, byPort] = [`${section}.host = ${host}`, `${section}.port = ${port}`];
  const fault = (where: string, says: string, taken = false): StartFault =>
    new StartFault(where, `${says} (${code})`, { taken, cause: error });
  switch (code) {
    case 'EADDRINUSE':
      return fault(
        byPort,
        `port ${port} of ${host} is in use by another program; stop that, or set another port`,
        true,
      );
    case 'EACCES':
    case 'EPERM':
      return fault(
        byPort,
        `this user may not listen on port ${port}; ports below 1024 are root's: take one from 1024 on, or give the ` +
          'program the capability CAP_NET_BIND_SERVICE',
      );
    case 'EADDRNOTAVAIL':
      return fault(byHost, 'this machine has no such address; set one of its own, or 0.0.0.0 for all');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fault(byHost, 'the name has no address; set an address of this machine');
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return fault(byHost, 'this machine cannot listen on that kind of address');
    default:
      return error instanceof Error && code !== undefined
        ? new StartFault(`${byHost}, ${byPort}`, message, { cause: error })
        : error instanceof Error
          ? error
          : new Error(String(error));
  }
}
