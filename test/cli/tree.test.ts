import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { printTree } from '../../src/cli/print-tree.js';
import { runCliInProcess } from '../support/run-cli-in-process.js';

const TREE = {
  id: 'dog_trainer',
  state: 'running',
  children: [
    { id: 'store_sup', state: 'running', restarts: 0, children: [] },
    {
      id: 'hosts_sup',
      state: 'running',
      mailbox: 0,
      handled: 1234,
      restarts: 2,
      children: [
        {
          id: 'host:a',
          state: 'idle',
          mailbox: 12,
          handled: 7,
          restarts: 1,
          last_crash: { at: 'then', reason: 'Error: no\n  at x' },
        },
      ],
    },
  ],
};

async function serverThat(
  answer: (path: string, token: string | undefined) => { status: number; body: string },
): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '', request.headers.authorization);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('printTree', () => {
  it('draws each actor below its supervisor, with its figures in columns', () => {
    expect(printTree(TREE)).toBe(
      [
        'actor         state    mailbox  handled  restarts  last crash',
        'dog_trainer   running',
        '├─ store_sup  running                           0',
        '└─ hosts_sup  running        0     1234         2',
        '   └─ host:a  idle          12        7         1  then Error: no',
        '',
      ].join('\n'),
    );
  });

  it('prints only the head for an answer that is no tree', () => {
    expect(printTree('nonsense').split('\n')).toHaveLength(2);
  });
});

describe('tree', () => {
  it('asks the server at --url, with the token', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serverThat((path, token) => {
      seen.push(path, token);
      return { status: 200, body: JSON.stringify(TREE) };
    });
    const { code, out } = await runCliInProcess(['tree', '--url', url], { DOGTRAINER_TOKEN: 'abc' });
    expect({ code, lines: out.split('\n').length }).toEqual({ code: 0, lines: 6 });
    expect(seen).toEqual(['/api/V2/actors', 'Bearer abc']);
  });

  it('says why there is no tree', async () => {
    const refusing = await serverThat(() => ({ status: 401, body: '{}' }));
    expect(await runCliInProcess(['tree', '-u', refusing])).toMatchObject({
      code: 1,
      err: expect.stringContaining('answered 401') as string,
    });
    const babbling = await serverThat(() => ({ status: 200, body: '<html>' }));
    expect(await runCliInProcess(['tree', '-u', babbling])).toMatchObject({
      code: 1,
      err: expect.stringContaining('did not answer with JSON') as string,
    });
    const nobody = await runCliInProcess(['tree', '-s', 'api.port=1']);
    expect(nobody).toMatchObject({
      code: 1,
      err: expect.stringContaining('no server answers at http://127.0.0.1:1/') as string,
    });
  });
});
