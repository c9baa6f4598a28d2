import type { Socket } from 'node:net';

/** For a shutdown that is under way; one that the peer can't hold up takes one turn of the event loop. */
const SHUTDOWN_LIMIT_MS = 1_000;

/**
 * Ends a TCP connection with a reset: at once, with what is still to be sent thrown away. `stream` is what is written to
 * when that is TLS over `socket`.
 *
 * libuv refuses to reset a socket whose shutdown is under way, and amqplib ends its socket before it tells of a loss.
 * Node 20 then forgets the handle without closing it: the descriptor stays open for the life of the process, and holds
 * the connection with all its channels in memory. So such a shutdown is waited for; if it hangs (TLS, and the peer reads
 * no more) the connection is closed without a reset.
 */
export function resetSocket(socket: Socket, stream: Socket = socket): void {
  const reset = (): void => {
    socket.resetAndDestroy();
    stream.destroy();
  };
  const isShuttingDown =
    !stream.destroyed && stream.writableEnded && !stream.writableFinished && stream.writableLength === 0;
  if (!isShuttingDown) {
    reset();
    return;
  }
  const timer = setTimeout(() => {
    stream.destroy();
    socket.destroy();
  }, SHUTDOWN_LIMIT_MS).unref();
  stream.once('finish', reset);
  stream.once('close', () => clearTimeout(timer));
}
