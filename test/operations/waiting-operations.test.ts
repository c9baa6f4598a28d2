import { describe, expect, it } from 'vitest';
import { waitingOperations, type WaitingState } from '../../src/operations/waiting-operations.js';
import { StoreError } from '../../src/store/store.js';
import { parts, START } from './parts.js';

const STANDING_BY: WaitingState = {
  standing: () => ({ role: 'follower', leader: { name: 'b', url: 'http://b', term: 3 } }),
  dialect: () => 'dog1',
  troubles: () => [],
  notes: () => ['standing by: b leads (term 3)'],
};

async function waiting(state: Partial<WaitingState> = {}) {
  const p = await parts();
  return { ...p, operations: waitingOperations(p.needs, p.root, { ...STANDING_BY, ...state }) };
}

describe('the operations of a server that waits', () => {
  it('are ready while another leads, and name it', async () => {
    const { operations } = await waiting();
    expect(operations.readiness()).toEqual({ ready: true, reasons: ['standing by: b leads (term 3)'] });
    expect(operations.standing()).toMatchObject({ role: 'follower', leader: { name: 'b' } });
    expect(operations.tree({})).toMatchObject({ id: 'dog_trainer' });
  });

  it('are not ready without the store, with a trouble of the role, or before the dialect is known', async () => {
    const { operations, store, alarms } = await waiting({ troubles: () => ['nobody leads'], dialect: () => undefined });
    store.state = { up: false, since: START };
    alarms.set('store.x', 'bad');
    expect(operations.readiness()).toEqual({
      ready: false,
      reasons: [
        'store: down',
        'nobody leads',
        'dialect: not read from the store yet',
        'standing by: b leads (term 3)',
        'alarm store.x: bad',
      ],
    });
  });

  it('refuse what only a server that does the work can do, as something that may work later', async () => {
    const { operations } = await waiting();
    const unavailable = { name: 'StoreError', code: 'unavailable' };
    const thrown = (work: () => unknown): unknown => {
      try {
        return work();
      } catch (error) {
        return error;
      }
    };
    for (const work of [
      () => operations.publishGroup('web'),
      () => operations.refusedHosts(),
      () => operations.publishing(),
      () => operations.now.now(),
      () => operations.now.convergence(),
      () => operations.now.publishingQueue(),
      () => operations.pages.set('web_gv4', { offset: 0, limit: 1 }),
    ])
      expect(thrown(work)).toMatchObject(unavailable);
    const { commands, pages, hostOrders } = operations;
    const page = { q: '', states: undefined, sort: 'name', order: 'asc', offset: 0, limit: 1 } as const;
    for (const work of [
      operations.drift('h'),
      operations.setPublishing(true, 'ann'),
      pages.hosts({ ...page, group: undefined, differing: undefined }),
      pages.groups({ ...page, profile: undefined, group: undefined }),
      pages.lines('web', undefined),
      hostOrders.queues('h'),
      hostOrders.send('h', 'ann'),
      hostOrders.reconnect('h', 'ann'),
      commands.execute('k', 'ls', { useShell: false }),
      commands.sendFile('k', '/f', { size: 0, read: () => Promise.resolve(new Uint8Array()) }, {}),
      commands.fetchFile('k', '/f', {}),
      commands.deleteFile('k', '/f', {}),
    ])
      await expect(work).rejects.toMatchObject(unavailable);
  });

  it('know the dialect as soon as it was read, and what was observed where somebody observes', async () => {
    expect((await waiting()).operations.dialect()).toBe('dog1');
    const early = await waiting({ dialect: () => undefined, observation: () => ({ loading: true }) });
    expect(() => early.operations.dialect()).toThrow(StoreError);
    expect(early.operations.observation()).toEqual({ loading: true });
    expect((await waiting()).operations.observation()).toBeUndefined();
  });
});
