import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import Koa from 'koa';
import { afterEach, describe, expect, it } from 'vitest';
import { readForm } from '../../src/http/read-form.js';
import { type HttpServer, startHttpServer } from '../../src/http/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

describe('the HTTP server', () => {
  let server: HttpServer | undefined;
  afterEach(async () => {
    await server?.close(0);
    server = undefined;
  });

  /** An app whose `/slow` answers when it is told to. */
  const slowApp = () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let reached = () => {};
    const started = new Promise<void>((resolve) => (reached = resolve));
    const app = new Koa();
    app.use(async (ctx) => {
      if (ctx.path === '/slow') {
        reached();
        await released;
      }
      ctx.body = 'ok';
    });
    return { app, release, started };
  };

  const closed = (socket: Socket) =>
    new Promise<void>((resolve) => {
      // A reset is one way of being closed.
      socket.on('error', () => undefined);
      socket.once('close', () => resolve());
      socket.resume();
    });

  it('listens on a free port, and says so when it cannot', async () => {
    server = await startHttpServer(slowApp().app, { host: '127.0.0.1', port: 0 });
    expect(server.port).toBeGreaterThan(0);
    await expect(startHttpServer(slowApp().app, { host: '127.0.0.1', port: server.port })).rejects.toThrow(
      /EADDRINUSE/,
    );
  });

  it('ends connections that bring no request, or a request drop by drop', async () => {
    server = await startHttpServer(slowApp().app, {
      host: '127.0.0.1',
      port: 0,
      headers_timeout_ms: 500,
      request_timeout_ms: 500,
    });
    const [silent, slow, body] = [connect(server.port), connect(server.port), connect(server.port)];
    slow.write('GET / HTTP/1.1\r\nhost: x\r\nx-a: b');
    const drip = setInterval(() => slow.writable && slow.write('b'), 50);
    body.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nab');
    await Promise.all([closed(silent), closed(slow), closed(body)]);
    clearInterval(drip);
  });

  it('lets a file come at the pace of its line, and ends it only after a pause', async () => {
    const app = new Koa();
    app.silent = true;
    const sizes: number[] = [];
    const directory = temporaryDirectory();
    app.use(async (ctx) => {
      const files = await readForm(ctx.req, { limit: 1e6, directory, checkName: () => undefined });
      for (const { content } of files) {
        sizes.push(content.size);
        await content.close();
      }
      ctx.body = 'taken';
    });
    server = await startHttpServer(app, { host: '127.0.0.1', port: 0, request_timeout_ms: 2_000 });
    const { port } = server;
    const head = '--b\r\ncontent-disposition: form-data; name="f"; filename="/f"\r\n\r\n';
    const tail = '\r\n--b--\r\n';
    const length = head.length + 60 + tail.length;
    const begin = (): Socket => {
      const socket = connect(port);
      socket.write(
        `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${length}\r\n\r\n${head}`,
      );
      return socket;
    };
    const [slow, paused] = [begin(), begin()];
    const answers = new Map([slow, paused].map((socket) => [socket, '']));
    for (const socket of [slow, paused])
      socket.on('data', (data: Buffer) => void answers.set(socket, `${answers.get(socket) ?? ''}${data.toString()}`));
    const ended = closed(paused);
    // All in all longer than a body may take.
    for (let byte = 0; byte < 60; byte += 1) {
      slow.write('x');
      await sleep(50);
    }
    slow.write(tail);
    await expect.poll(() => answers.get(slow)).toContain('taken');
    await ended;
    expect(answers.get(paused)).toMatch(/^HTTP\/1\.1 408 /);
    expect(sizes).toEqual([60]);
    slow.destroy();
  });

  it('closes: no new connection, idle ones end, a call under way is answered', async () => {
    const { app, release, started } = slowApp();
    server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
    const { port } = server;
    const idle = connect(port);
    await once(idle, 'connect');
    const call = fetch(`http://127.0.0.1:${port}/slow`);
    await started;
    const done = server.close(10_000);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    release();
    expect(await (await call).text()).toBe('ok');
    await done;
  });

  it('closes: what is not done by the deadline is cut off', async () => {
    const { app, started } = slowApp();
    server = await startHttpServer(app, { host: '127.0.0.1', port: 0 });
    const call = fetch(`http://127.0.0.1:${server.port}/slow`);
    const failed = expect(call).rejects.toThrow();
    await started;
    await server.close(50);
    await failed;
  });
});
