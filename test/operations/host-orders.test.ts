import { expect, it } from 'vitest';
import { leadingOperations } from '../../src/operations/leading-operations.js';
import type { AgentsAtBroker } from '../../src/operations/host-orders.js';
import { CallFailed } from '../../src/otp/index.js';
import { parts, START } from './parts.js';

const WEB = { id: 'h1', name: 'web-1', hostkey: 'key-1', group: 'web', active: 'active' };

async function withHost(management?: Partial<AgentsAtBroker>) {
  const p = await parts();
  p.world.reconcile('host', [WEB, { id: 'h2', name: 'without a key' }]);
  const unused = {
    connections: { of: () => Promise.resolve(undefined), close: () => Promise.resolve() },
    queues: () => Promise.resolve([]),
  };
  const needs = { ...p.needs, management: management === undefined ? undefined : { ...unused, ...management } };
  return { ...p, orders: leadingOperations(needs, { root: p.root }).hostOrders };
}

it('sends a host again through its actor, once the order is in the audit trail', async () => {
  const { orders, sent, store } = await withHost();
  for (const called of ['h1', 'key-1', 'web-1'])
    expect(await orders.send(called, 'ann')).toEqual({ sent: ['ruleset'], why: null });
  expect(sent).toEqual(Array.from({ length: 3 }, () => ['key-1', { tag: 'send_again' }]));
  const [[change]] = store.commits as [[{ id: string; edit: () => unknown }]];
  expect([change.id, change.edit()]).toEqual([
    'last_host_order',
    expect.objectContaining({ order: 'send', host: 'h1', hostkey: 'key-1', author: 'ann', at: START / 1000 }),
  ]);
  expect(await orders.send('nobody', 'ann')).toBeUndefined();
  expect(await orders.send('h2', 'ann')).toBeUndefined();
});

it('does nothing that the store does not take', async () => {
  let closed = 0;
  const { orders, store, sent } = await withHost({
    connections: { of: () => Promise.resolve('c'), close: () => Promise.resolve(void (closed += 1)) },
  });
  store.refuses = new Error('the store is away');
  await expect(orders.send('h1', 'ann')).rejects.toThrow('the store is away');
  await expect(orders.reconnect('h1', 'ann')).rejects.toThrow('the store is away');
  expect([sent, closed]).toEqual([[], 0]);
});

it('says so where the actor of a host does not answer', async () => {
  const p = await parts();
  p.world.reconcile('host', [WEB]);
  const hosts = { call: () => Promise.reject(new CallFailed('key-1', 'timeout')) };
  const { hostOrders } = leadingOperations({ ...p.needs, hosts }, { root: p.root });
  await expect(hostOrders.send('h1', 'ann')).rejects.toThrow('the actor of the host does not answer');
});

it('closes the connection of an agent, if there is one', async () => {
  const closed: unknown[] = [];
  const connections = {
    of: (hostkey: string) => Promise.resolve(hostkey === 'key-1' && closed.length === 0 ? 'its connection' : undefined),
    close: (connection: string, reason: string) => Promise.resolve(void closed.push([connection, reason])),
  };
  const { orders, store } = await withHost({ connections });
  expect(await orders.reconnect('web-1', 'ann')).toEqual({ closed: 1 });
  expect(closed).toEqual([['its connection', 'dog-trainer: ann wants the agent to connect anew']]);
  expect(await orders.reconnect('web-1', 'ann')).toEqual({ closed: 0 });
  expect(store.commits).toHaveLength(2);
  expect(await orders.reconnect('nobody', 'ann')).toBeUndefined();
});

it('says so where the management API is not configured, or refuses', async () => {
  const none = await withHost();
  expect(await none.orders.reconnect('h1', 'ann')).toBe('not_configured');
  expect(none.store.commits).toEqual([]);
  expect(await none.orders.queues('h1')).toMatchObject({
    configured: false,
    error: null,
    queues: [{ name: 'config.key-1', messages: null }, { name: 'iptables.key-1' }, { name: 'file_transfer.key-1' }],
  });
  const failure = (): Promise<never> => Promise.reject(new Error('the management API answered 401'));
  const refusing = await withHost({ queues: failure, connections: { of: failure, close: failure } });
  await expect(refusing.orders.reconnect('h1', 'ann')).rejects.toMatchObject({
    code: 'unavailable',
    message: 'the management API answered 401',
  });
  expect(await refusing.orders.queues('h1')).toMatchObject({
    configured: true,
    error: 'the management API answered 401',
    queues: [{ messages: null }, {}, {}],
  });
});

it('asks about the queues of a few hosts at a time', async () => {
  const answers: (() => void)[] = [];
  const { orders } = await withHost({ queues: () => new Promise((resolve) => answers.push(() => resolve([]))) });
  const asked = Array.from({ length: 8 }, () => orders.queues('h1'));
  expect(await orders.queues('h1')).toMatchObject({ error: 'the management API is being asked about other hosts' });
  for (const answer of answers) answer();
  expect(await Promise.all(asked)).toHaveLength(8);
  const later = orders.queues('h1');
  answers.at(-1)?.();
  expect(await later).toEqual({ configured: true, queues: [], error: null });
  expect(await orders.queues('nobody')).toBeUndefined();
});
