import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentConnections } from '../../src/broker/management/agent-connections.js';
import { managementApi } from '../../src/broker/management/management-api.js';

/** As much of RabbitMQ's management API as is asked here. */
describe("agents' connections, as the management API shows them", () => {
  let server: Server;
  let url = '';
  let asked: { readonly line: string; readonly reason: string | undefined }[] = [];
  let answer: { readonly status: number; readonly body?: unknown } = { status: 200, body: {} };

  beforeAll(async () => {
    server = createServer((request: IncomingMessage, response) => {
      asked.push({
        line: `${request.method ?? ''} ${request.url ?? ''}`,
        reason: request.headers['x-reason'] as string | undefined,
      });
      response.writeHead(answer.status).end(answer.body === undefined ? '' : JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  beforeEach(() => {
    asked = [];
    answer = { status: 200, body: {} };
  });

  const connections = () =>
    agentConnections(managementApi({ url, user: 'dog', password: 'a secret', sslOptions: {} }), 'a/vhost');
  const consumer = (name: unknown) => ({ consumer_details: [{ channel_details: { connection_name: name } }] });

  it('are found by the queue of rules of the host', async () => {
    answer = { status: 200, body: consumer('10.0.0.1:4711 -> 10.0.0.2:5672') };
    expect(await connections().of('key/1')).toBe('10.0.0.1:4711 -> 10.0.0.2:5672');
    expect(asked.map(({ line }) => line)).toEqual(['GET /api/queues/a%2Fvhost/iptables.key%2F1']);
  });

  it.each([
    ['the queue is not there', { status: 404 }],
    ['nobody takes from it', { status: 200, body: { consumer_details: [] } }],
    ['there are no details', { status: 200, body: {} }],
    ['the answer is something else', { status: 200, body: [7] }],
    ['the name is none', { status: 200, body: consumer(7) }],
    ['the name is empty', { status: 200, body: consumer('') }],
  ])('are none where %s', async (_what, given) => {
    answer = given;
    expect(await connections().of('key')).toBeUndefined();
  });

  it.each([204, 404])('are closed, also where they are gone already (%i)', async (status) => {
    answer = { status };
    await connections().close('10.0.0.1:4711 -> 10.0.0.2:5672', 'to see\r\nwhether: it — comes');
    expect(asked).toEqual([
      {
        line: 'DELETE /api/connections/10.0.0.1%3A4711%20-%3E%2010.0.0.2%3A5672',
        reason: 'to see  whether: it   comes',
      },
    ]);
  });

  it.each([401, 500])('can not be told where the API answers %i, and no secret is in the error', async (status) => {
    answer = { status, body: {} };
    const error = await connections()
      .of('key')
      .catch((caught: unknown) => caught);
    expect(String(error)).toContain(`answered ${status}`);
    expect(String(error)).not.toContain('secret');
    await expect(connections().close('c', 'why')).rejects.toThrow(`answered ${status}`);
  });
});
