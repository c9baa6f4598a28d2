import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resetSocket } from '../../src/broker/amqp/reset-socket.js';
import { openSockets, openSocketsAtRest } from '../support/open-sockets.js';

const TIMES = 20;
const BIG = Buffer.alloc(20_000_000);

/** A server that reads and never writes; what became of its connections, by error code, or `end`. */
async function listen() {
  const ends: string[] = [];
  let heard = 0;
  const server = createServer((peer) => {
    peer.on('data', (chunk: Buffer) => (heard += chunk.length));
    peer.once('error', (error: NodeJS.ErrnoException) => ends.push(error.code ?? error.message));
    peer.once('end', () => ends.push('end'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, ends, heard: () => heard };
}

describe('resetting a socket', () => {
  const dealings: Record<string, (socket: Socket) => void> = {
    'that is idle': () => undefined,
    'that is being written to': (socket) => void socket.write(BIG),
    // As amqplib leaves it when the connection is lost.
    'that was just ended': (socket) => void socket.end(),
    'that was ended with much to be sent': (socket) => {
      socket.write(BIG);
      socket.end();
    },
    'that was destroyed': (socket) => void socket.destroy(),
  };

  for (const [what, deal] of Object.entries(dealings)) {
    it(`${what} leaves no handle open`, async () => {
      const { port } = await listen();
      const before = await openSocketsAtRest();
      for (let i = 0; i < TIMES; i++) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        deal(socket);
        resetSocket(socket);
      }
      await expect.poll(openSockets).toBe(before);
    });
  }

  it('is a reset for the peer', async () => {
    const { port, ends, heard } = await listen();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('a');
    await expect.poll(heard).toBe(1);
    resetSocket(socket);
    await expect.poll(() => ends).toEqual(['ECONNRESET']);
  });
});
