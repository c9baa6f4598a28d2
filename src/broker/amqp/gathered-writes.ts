import type { Socket } from 'node:net';

/**
 * Bytes that wait in the socket before amqplib holds back: Node's 16 KiB are eight rulesets, after which each frame would be
 * a call of the kernel again. What waits here waited in amqplib's own buffers before.
 */
export const GATHERED_BYTES = 256 * 1024;

/**
 * Calls back in the next pass of the event loop, after amqplib has written there what is handed to it now: it asks for its
 * turn in a tick that comes after the first of these.
 */
function afterAmqplib(send: () => void): void {
  process.nextTick(() => process.nextTick(() => setImmediate(send)));
}

/**
 * Makes of many small writes to a socket one. What it gives is called before each message is handed to amqplib: what is
 * then written to the socket until amqplib has had its turn in the next pass of the event loop goes to the kernel in one go.
 * amqplib writes each frame by itself, in the pass after the message was handed over, and a call of the kernel each is a tenth
 * of what a burst of small messages costs. A pass more would be ten milliseconds while groups are compiled. It holds back while the socket is full, and writes on when it has drained: that goes in one go too.
 * Whatever amqplib does, nothing stays behind for longer than that, and `end` sends all.
 */
export function gatheredWrites(socket: Pick<Socket, 'cork' | 'uncork' | 'on' | 'prependListener'>): () => void {
  let gathering = false;
  /** A message was handed over since: it is written in the next pass. */
  let again = false;
  const gather = (): void => {
    again = false;
    socket.cork();
    afterAmqplib(send);
  };
  const send = (): void => {
    socket.uncork();
    if (again) gather();
    else gathering = false;
  };
  // Around the listener of amqplib, which is there already.
  socket.prependListener('drain', () => socket.cork());
  socket.on('drain', () => socket.uncork());
  return () => {
    again = gathering;
    if (gathering) return;
    gathering = true;
    gather();
  };
}
