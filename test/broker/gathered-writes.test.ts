import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { gatheredWrites } from '../../src/broker/amqp/gathered-writes.js';

const open: { close: () => void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function connected(): Promise<{ readonly socket: Socket; readonly got: () => string }> {
  let got = '';
  const server = createServer((peer) => peer.on('data', (data) => (got += data.toString())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  open.push({ close: () => socket.destroy() }, server);
  return { socket, got: () => got };
}

test('what is written in this pass of the loop and the next goes out in one write, in order, and what comes later too', async () => {
  const { socket, got } = await connected();
  const gather = gatheredWrites(socket);
  gather();
  socket.write('a');
  gather();
  setImmediate(() => socket.write('b'));
  expect(socket.writableCorked).toBe(1);
  await expect.poll(got).toBe('ab');
  expect(socket.writableCorked).toBe(0);
  gather();
  socket.write('c');
  await expect.poll(got).toBe('abc');
});

test('what is written in the turn that a tick asks for, as amqplib does, is sent in that pass', async () => {
  const { socket, got } = await connected();
  const gather = gatheredWrites(socket);
  const corked: number[] = [];
  gather();
  // It asks for its turn when its stream says that there is something to be read.
  process.nextTick(() =>
    setImmediate(() => {
      socket.write('a');
      socket.write('b');
      corked.push(socket.writableCorked);
      setImmediate(() => corked.push(socket.writableCorked));
    }),
  );
  await expect.poll(got).toBe('ab');
  expect(corked).toEqual([1, 0]);
});

test('what is handed over last before it is sent goes out with what follows', async () => {
  const { socket, got } = await connected();
  const gather = gatheredWrites(socket);
  gather();
  socket.write('a');
  const corked: number[] = [];
  setImmediate(() =>
    setImmediate(() => {
      // Sent a moment ago, and the next has begun only if somebody asked for it.
      corked.push(socket.writableCorked);
    }),
  );
  setImmediate(gather);
  await expect.poll(() => corked).toEqual([1]);
  socket.write('b');
  await expect.poll(got).toBe('ab');
  await expect.poll(() => socket.writableCorked).toBe(0);
});

test('more than the socket takes at once is told of as ever, and drains', async () => {
  const { socket, got } = await connected();
  gatheredWrites(socket)();
  const drained = vi.fn();
  socket.once('drain', drained);
  expect(socket.write('x'.repeat(1 << 20))).toBe(false);
  await expect.poll(() => got().length).toBe(1 << 20);
  expect(drained).toHaveBeenCalledOnce();
});

test('the end of the socket sends what was gathered; a socket that is gone is left alone', async () => {
  const { socket, got } = await connected();
  const gather = gatheredWrites(socket);
  gather();
  socket.end('last');
  await expect.poll(got).toBe('last');
  socket.destroy();
  gather();
  await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
  expect(socket.writableCorked).toBe(0);
});

test('what is written when the socket has drained goes out in one write', async () => {
  const { socket, got } = await connected();
  const rest = ['b', 'c'];
  let corked = 0;
  // As amqplib does, which listens before.
  socket.on('drain', () => {
    corked = socket.writableCorked;
    for (const part of rest.splice(0)) socket.write(part);
  });
  gatheredWrites(socket)();
  socket.write('a'.repeat(1 << 20));
  await expect.poll(() => got().replaceAll('a', '')).toBe('bc');
  expect(corked).toBeGreaterThan(0);
  expect(socket.writableCorked).toBe(0);
});
