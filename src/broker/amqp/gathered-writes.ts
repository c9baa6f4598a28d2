import type { Socket } from 'node:net';

/**
 * Makes of many small writes to a socket one. What it gives is called before each message is handed to amqplib: what is
 * then written to the socket in this and the next pass of the event loop goes to the kernel in one go. amqplib writes each
 * frame by itself, in the pass after the message was handed over, and a call of the kernel each is a tenth of what a burst of
 * small messages costs. Whatever amqplib does, nothing stays behind for longer than that, and `end` sends all.
 */
export function gatheredWrites(socket: Pick<Socket, 'cork' | 'uncork'>): () => void {
  let gathering = false;
  const send = (): void => {
    gathering = false;
    socket.uncork();
  };
  return () => {
    if (gathering) return;
    gathering = true;
    socket.cork();
    setImmediate(() => setImmediate(send));
  };
}
