import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpListener } from '../../src/http/http-listener.js';
import type { HttpServer } from '../../src/http/server.js';
import { createActorSystem, startGenServer, type Pid } from '../../src/otp/index.js';
import { started } from '../support/supervision.js';

async function listen(port: number): Promise<Server> {
  const server = createServer((_request, response) => response.end('here'));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function httpServer(port: number): Promise<HttpServer> {
  const server = await listen(port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether anybody listens on the port. */
function isTaken(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

async function scene() {
  const system = createActorSystem();
  const predecessor = await listen(0);
  const { port } = predecessor.address() as AddressInfo;
  const free = () => new Promise((resolve) => predecessor.close(resolve));
  onTestFinished(() => void predecessor.close());
  let tries = 0;
  const listener = (listens: () => void = () => undefined) => {
    const start = async (): Promise<HttpServer> => {
      tries++;
      const server = await httpServer(port);
      listens();
      return server;
    };
    return new HttpListener({ start, listening: () => undefined });
  };
  return { system, port, free, listener, tries: () => tries };
}

function kill(system: ReturnType<typeof createActorSystem>): void {
  for (const pid of [...system.processes()]) system.exit(pid, 'kill', pid);
}

describe('the listener', () => {
  it('killed while it waits for the port, never takes it', async () => {
    const { system, port, free, listener, tries } = await scene();
    const starting = startGenServer(system, listener(), { label: 'api' });
    await expect.poll(tries).toBeGreaterThan(0);
    kill(system);
    await starting;
    const before = tries();
    await free();
    await expect.poll(() => system.orphans, { timeout: 10_000 }).toBe(0);
    expect(tries()).toBe(before);
    expect(await isTaken(port)).toBe(false);
  });

  it('killed while it takes the port, gives it back', async () => {
    const { system, port, free, listener } = await scene();
    await free();
    const killed = listener(() => kill(system));
    expect(await startGenServer(system, killed, { label: 'api' })).toHaveProperty('error');
    await expect.poll(() => system.orphans).toBe(0);
    expect(await isTaken(port)).toBe(false);
    const next: Pid = started(await startGenServer(system, listener(), { label: 'api' }));
    expect(await isTaken(port)).toBe(true);
    system.exit(next, 'kill', next);
    await expect.poll(() => isTaken(port)).toBe(false);
  });
});
