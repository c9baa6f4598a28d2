import { expect, it } from 'vitest';
import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import type { JsonObject } from '../../src/model/document.js';
import { report, reportOf, startWholeServer, until } from '../support/whole-server.js';

const KEY = 'talkative-host-1';

it('what an agent says beyond the documented fields is kept; what is not its own is not taken from it', async () => {
  const broker = createMemoryBroker();
  const w = await startWholeServer({ broker });
  const agent = await broker.connect();
  const more = { kernel_version: '6.1', cpus: 4, tags: { a: ['b'] } };
  const notIts = {
    id: 'mine',
    vars: { a: 1 },
    alert_enable: false,
    hashpass: false,
    hash_fail_count: 9,
    group_pending: true,
    dog_trainer_store: { lock: 'x' },
  };
  await report(agent, 'force', reportOf(KEY, 'web', { ...more, ...notIts }));
  const row = await until(() => w.host(KEY), 'registered');
  expect(row).toMatchObject({ ...more, hash_fail_count: 0 });
  for (const field of ['vars', 'alert_enable', 'hashpass', 'group_pending', 'dog_trainer_store'])
    expect(row).not.toHaveProperty(field);
  expect(row.id).not.toBe('mine');
  await report(agent, 'keepalive', reportOf(KEY, 'web', { ...more, ...notIts, kernel_version: '6.2', version: '2' }));
  await until(() => w.host(KEY)?.version === '2', 'stored');
  expect(w.host(KEY)).toMatchObject({ ...more, kernel_version: '6.2', id: row.id });
  expect(w.host(KEY)).not.toHaveProperty('vars');
  // One that invents field after field is not followed for ever.
  for (const turn of [3, 4]) {
    const invented: JsonObject = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x${turn}_${n}`, n]));
    await report(agent, 'keepalive', reportOf(KEY, 'web', { ...invented, version: `${turn}` }));
    await until(() => w.host(KEY)?.version === `${turn}`, 'stored');
  }
  expect(Object.keys(w.host(KEY) ?? {}).length).toBeLessThanOrEqual(66);
  await agent.close();
});
