/** No server listens on the socket: the store may be opened directly. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** What an error of the way to the socket means to who asked, and what to do about it. */
export function socketTrouble(error: NodeJS.ErrnoException, socketPath: string): Error {
  switch (error.code) {
    case 'ENOENT':
      return new NoServerError(
        `no server runs here: there is no socket ${socketPath}. If one runs with another configuration or data directory, give --config or --data`,
        { cause: error },
      );
    case 'ECONNREFUSED':
      return new NoServerError(`no server listens on ${socketPath}: the one that made this socket has ended`, {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new Error(
        `you may not open ${socketPath}: only the user that the server runs as and root may. Run this command with sudo`,
        { cause: error },
      );
    default:
      return error;
  }
}
