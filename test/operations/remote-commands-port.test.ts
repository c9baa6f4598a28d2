import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { declareAgentQueue } from '../../src/sim/agent-topology.js';
import { startWholeServer } from '../support/whole-server.js';

const KEY = 'obedient-host-1';

it('what an agent answers to a command, as the API gives it', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker, set: ['api.commands=true'] });
  await w.create('host', { name: 'h', hostkey: KEY, group: '', environment: '*', location: '*' });
  const agent = await broker.connect();
  await declareAgentQueue(agent, 'file_transfer', { environment: '*', location: '*', group: '', hostkey: KEY });
  let answer = '';
  await agent.consume(`file_transfer.${KEY}`, { prefetch: 1 }, (delivery) => {
    const { replyTo = '', correlationId = '' } = delivery;
    const reply = { exchange: '', routingKey: replyTo, correlationId, contentType: 'text/json', persistent: false };
    void agent.publish({ ...reply, body: Buffer.from(answer) });
    delivery.ack();
  });
  const cases = [
    ['{"ok":["text\\n"]}', { retcode: 0, stdout: 'text', stderr: {} }],
    ['{"ok":[]}', { retcode: 0, stdout: '', stderr: {} }],
    ['{"error":["bad"]}', { retcode: 1, stdout: '', stderr: { error: 'bad' } }],
    ['{"error":{"exit_status":768,"stderr":["err"]}}', { retcode: 1, stdout: '', stderr: { error: 'err' } }],
    ['{"error":{"exit_status":768}}', { retcode: 1, stdout: '', stderr: { error: 'exit status 3' } }],
  ] as const;
  for (const [given, wanted] of cases) {
    answer = given;
    const { json } = await w.api('POST', `/api/V2/file_transfer/${KEY}`, { command: 'x' });
    expect([given, json[KEY]]).toEqual([given, wanted]);
  }
  await agent.close();
});
