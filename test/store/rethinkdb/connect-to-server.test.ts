import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { connectToServer } from '../../../src/store/rethinkdb/connect-to-server.js';

const LOGIN = { user: 'dog', password: 'a secret', timeoutMs: 10_000 };

it.each([
  [
    'a RethinkDB before 2.3',
    'ERROR: Received an unsupported protocol version. This port is for RethinkDB queries. Does your client driver ' +
      'version not match the server?\n\0',
    /^rethinkdb 127\.0\.0\.1:\d+: it does not answer as a RethinkDB does from 2\.3 on.+ It says: ERROR: Received an unsupported protocol version\./,
  ],
  ['something else', `\u001b[2J${'x'.repeat(5_000)}\0`, / It says: \[2Jx{197}…$/],
])('what answers on the port is %s: it says so, and nothing of the login', async (_what, answer, says) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const error = await connectToServer({ host: '127.0.0.1', port }, 'dog', LOGIN).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: 'StoreError',
    code: 'unavailable',
    message: expect.stringMatching(says) as string,
  });
  expect(String(error)).not.toContain('login');
});
