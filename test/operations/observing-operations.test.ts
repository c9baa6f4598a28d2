import { describe, expect, it } from 'vitest';
import { observingOperations } from '../../src/operations/observing-operations.js';
import { CommandError } from '../../src/operations/operations.js';
import { StoreError } from '../../src/store/store.js';
import type { Observation } from '../../src/actors/watching/observation.js';
import { parts, START } from './parts.js';

async function observing() {
  const p = await parts();
  const found: { observation: Observation | undefined } = { observation: undefined };
  return {
    ...p,
    found,
    operations: observingOperations(p.needs, { root: p.root, observation: () => found.observation }),
  };
}

describe('the operations of a server that only looks on', () => {
  it('are ready without a broker, and say that nothing is sent', async () => {
    const { operations, store } = await observing();
    const looksOn = 'observing: nothing is published, consumed or written';
    expect(operations.readiness()).toEqual({ ready: true, reasons: [looksOn] });
    store.state = { up: false, since: START, reason: 'away' };
    expect(operations.readiness()).toEqual({ ready: false, reasons: ['store: away', looksOn] });
  });

  it('say that they are loading until something is found', async () => {
    const { operations, found } = await observing();
    expect(operations.observation()).toEqual({ loading: true });
    found.observation = { at: 5, dialect: 'dog1' } as Observation;
    expect(operations.observation()).toEqual({ loading: false, at: 5, dialect: 'dog1' });
  });

  it('queue no group, and know of no host that is refused', async () => {
    const { operations, world, sent } = await observing();
    world.reconcile('group', [{ id: 'g1', name: 'web' }]);
    operations.publishGroup('web');
    expect(sent).toEqual([]);
    expect(operations.refusedHosts()).toEqual([]);
  });

  it('show the fleet, and give no host an order', async () => {
    const { operations, world } = await observing();
    world.reconcile('group', [{ id: 'g1', name: 'web' }]);
    const page = { q: '', states: undefined, sort: 'name', order: 'asc', offset: 0, limit: 1 } as const;
    expect(await operations.pages.groups({ ...page, profile: undefined, group: undefined })).toMatchObject({
      groups: [{ name: 'web' }],
    });
    const { hostOrders } = operations;
    for (const order of [hostOrders.queues('h'), hostOrders.send('h', 'ann'), hostOrders.reconnect('h', 'ann')])
      await expect(order).rejects.toMatchObject({ code: 'read_only' });
  });

  it('leave the switch of publishing to the store, which takes nothing', async () => {
    const { operations, store } = await observing();
    store.refuses = new StoreError('unavailable', 'this server only observes');
    await expect(operations.setPublishing(true, 'ann')).rejects.toThrow('this server only observes');
    expect(operations.publishing()).toEqual({ paused: false });
  });

  it('have nobody to run commands', async () => {
    const { v, operations } = await observing();
    v.system.exit(v.system.whereis('dog_trainer')!, 'kill', v.system.whereis('dog_trainer')!);
    await v.idle();
    const asked = v.run(operations.commands.execute('k1', 'ls', { useShell: false }));
    await expect(asked).rejects.toThrow(CommandError);
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  });
});
