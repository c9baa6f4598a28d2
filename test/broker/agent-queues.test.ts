import { expect, it } from 'vitest';
import { agentQueues, unknownQueues } from '../../src/broker/management/agent-queues.js';

it('tells of the three queues of a host, and null for what is not there', async () => {
  const asked: unknown[] = [];
  const answers: unknown[] = [{ messages: 0, consumers: 1 }, { consumers: 2 }, null];
  const queues = agentQueues((path, request) => {
    asked.push([path, request]);
    return Promise.resolve(answers[asked.length - 1]);
  }, 'a/vhost');
  expect(await queues('key/1')).toEqual([
    { name: 'config.key/1', messages: 0, consumers: 1 },
    { name: 'iptables.key/1', messages: null, consumers: 2 },
    { name: 'file_transfer.key/1', messages: null, consumers: null },
  ]);
  expect(asked[0]).toEqual(['/queues/a%2Fvhost/config.key%2F1?columns=messages,consumers', { absent: null }]);
  expect(unknownQueues('k').map(({ name }) => name)).toEqual(['config.k', 'iptables.k', 'file_transfer.k']);
});

it('rejects where the management API does not answer', async () => {
  const queues = agentQueues(() => Promise.reject(new Error('the management API answered 401')), '/');
  await expect(queues('k')).rejects.toThrow('answered 401');
});
