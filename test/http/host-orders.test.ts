import { expect, it, onTestFinished } from 'vitest';
import { StoreError } from '../../src/store/store.js';
import { client } from '../support/api-client.js';
import { startApiServer } from '../support/api-server.js';

async function started() {
  const server = await startApiServer();
  onTestFinished(() => server.close());
  return { api: client(server.url), orders: server.runtime.hostOrders };
}

it('asks for queues, sends again and has an agent connect anew', async () => {
  const { api, orders } = await started();
  const asked: unknown[] = [];
  orders.queues = async (host) => ({
    configured: false,
    queues: [{ name: host, messages: null, consumers: 1 }],
    error: null,
  });
  orders.send = async (...order) => (asked.push(order), { sent: [], why: 'publishing is paused' });
  orders.reconnect = async (...order) => (asked.push(order), { closed: 1 });
  expect((await api('GET', '/api/V2/host/web%201/queues')).json).toEqual({
    configured: false,
    queues: [{ name: 'web 1', messages: null, consumers: 1 }],
    error: null,
  });
  expect((await api('POST', '/api/V2/host/web%201/send', {})).json).toEqual({ sent: [], why: 'publishing is paused' });
  expect((await api('POST', '/api/V2/host/h1/reconnect', {})).json).toEqual({ closed: 1 });
  expect(asked).toEqual([
    ['web 1', expect.any(String)],
    ['h1', expect.any(String)],
  ]);
});

it('refuses bodies that say something, and hosts that nobody knows', async () => {
  const { api } = await started();
  for (const order of ['send', 'reconnect']) {
    for (const body of [{ now: true }, []]) {
      const answer = await api('POST', `/api/V2/host/h1/${order}`, body);
      expect([answer.status, answer.text], order).toEqual([400, expect.stringContaining('{}')]);
    }
    expect((await api('POST', `/api/V2/host/h1/${order}`, {})).status, order).toBe(404);
    expect((await api('GET', `/api/V2/host/h1/${order}`)).status, order).toBe(404);
  }
  expect((await api('GET', '/api/V2/host/h1/queues')).status).toBe(404);
});

it('says why an agent can not be made to connect anew', async () => {
  const { api, orders } = await started();
  orders.reconnect = async () => 'not_configured';
  const none = await api('POST', '/api/V2/host/h1/reconnect', {});
  expect([none.status, none.json.code]).toEqual([409, 'no_management_api']);
  orders.reconnect = () => Promise.reject(new StoreError('unavailable', 'the management API answered 401'));
  const refused = await api('POST', '/api/V2/host/h1/reconnect', {});
  expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('answered 401')]);
});
