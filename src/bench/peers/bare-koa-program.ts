import { createServer, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import Router from '@koa/router';
import Koa from 'koa';

/** Answers `GET /thing/:id` with the bytes that came over standard input, and prints its port: the least that an API on Koa does. */
const body = await buffer(process.stdin);
const router = new Router();
router.get('/thing/:id', (ctx) => {
  ctx.set('content-type', 'application/json');
  ctx.body = body;
});
const app = new Koa().use(router.routes());
const handle = app.callback();
const server: Server = createServer((request, response) => void handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
