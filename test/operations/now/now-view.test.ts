import { describe, expect, it } from 'vitest';
import type { BrokerConnection } from '../../../src/broker/broker.js';
import { ConvergenceBook } from '../../../src/actors/hosts/convergence-book.js';
import { RolloutBook } from '../../../src/actors/rollouts/rollout-book.js';
import { loadConfig } from '../../../src/config/load.js';
import { leadingOperations } from '../../../src/operations/leading-operations.js';
import { observingOperations } from '../../../src/operations/observing-operations.js';
import { ROLLOUT_STATES } from '../../../src/rollout/rollout.js';
import { makeRollout } from '../../rollout/make-rollout.js';
import { parts, START, type Parts } from '../parts.js';

const NOW = START / 1000;

function connection(blocked?: string): BrokerConnection {
  return { blocked } as BrokerConnection;
}

async function leading(
  more: Partial<Parts['needs']> = {},
  standing?: { readonly role: 'leader'; readonly term: number },
) {
  const p = await parts();
  const needs = { ...p.needs, ...more };
  const operations = leadingOperations(needs, {
    root: p.root,
    ...(standing === undefined ? {} : { standing: () => standing }),
  });
  return { ...p, needs, operations };
}

describe('what is so now', () => {
  it('holds the status, and each part with what is wrong with it', async () => {
    const { operations, needs, store } = await leading();
    needs.link.failure = 'nobody listens there';
    store.state = { up: false, since: START - 5000, reason: 'it is away' };
    const now = operations.now.now();
    expect(now).toMatchObject({
      at: NOW,
      status: { hosts: { total: 0 } },
      guard: { state: 'open', why: null, since: NOW },
      broker: {
        publishing: { state: 'down', why: 'nobody listens there' },
        reports: { state: 'down', why: 'it is not connected yet' },
      },
      store: { state: 'down', since: NOW - 5, why: 'it is away' },
      leader: { role: 'alone', name: null, term: null },
      journal: { state: 'off', messages: 0, bytes: 0 },
      rollouts: [],
      rollouts_total: 0,
    });
  });

  it('tells a broker that takes nothing, and one over which no reports come, from one that is well', async () => {
    const { operations, needs } = await leading();
    needs.link.up(connection());
    needs.reportsLink.up(connection());
    expect(operations.now.now().broker).toMatchObject({
      publishing: { state: 'up', why: null },
      reports: { state: 'up' },
    });
    needs.link.up(connection('low on memory'));
    needs.reportsLink.trouble = 'the queue is gone';
    expect(operations.now.now().broker).toMatchObject({
      publishing: { state: 'troubled', why: 'low on memory' },
      reports: { state: 'troubled', why: 'the queue is gone' },
    });
    needs.link.down();
    expect(operations.now.now().broker.publishing.state).toBe('down');
  });

  it('says that a store that answers has tables in trouble', async () => {
    const { operations, store } = await leading();
    store.state = { up: true, since: START, troubles: [{ table: 'host', reason: 'no index' }] };
    expect(operations.now.now().store).toEqual({ state: 'troubled', since: NOW, why: 'host: no index' });
  });

  it('closes the guard when no agent is heard', async () => {
    const { operations, needs } = await leading();
    needs.guard.interval();
    expect(operations.now.now().guard).toMatchObject({ state: 'closed', since: null });
  });

  it('reads how the channels of alerts are from what their actors show', async () => {
    const { operations } = await leading();
    // The stubs of this tree show nothing.
    expect(operations.now.now().mail).toMatchObject({ state: 'down', why: 'its actor does not run now' });
    expect(operations.now.now().webhook).toMatchObject({ state: 'off', on: false });
  });

  it('names the leader of several servers, and what its journal holds', async () => {
    const { config } = loadConfig({});
    const { operations } = await leading(
      {
        config: { ...config, cluster: { ...config.cluster, name: 'trainer-a' } },
        journal: { state: () => ({ messages: 3, bytes: 400, failure: 'the disk is full' }) },
      },
      { role: 'leader', term: 7 },
    );
    expect(operations.now.now()).toMatchObject({
      leader: { role: 'leader', name: 'trainer-a', term: 7 },
      journal: { state: 'failing', why: 'the disk is full', messages: 3, bytes: 400 },
    });
  });

  it('lists rollouts that are not over, the oldest first, and counts what is left off', async () => {
    const { operations, needs } = await leading();
    for (const [index, state] of ROLLOUT_STATES.entries())
      needs.outputs.rollouts.set(
        makeRollout({
          id: `g${index}.1`,
          groupId: `g${index}`,
          groupName: `web-${index}`,
          state,
          createdAt: 100 - index,
        }),
      );
    const { rollouts, rollouts_total } = operations.now.now();
    expect(rollouts.map(({ state }) => state)).toEqual([
      'rollback_blocked',
      'rolling_back',
      'paused',
      'promoting',
      'rolling',
      'planned',
    ]);
    expect([rollouts[0]?.id, rollouts[0]?.group, rollouts_total]).toEqual(['g5.1', 'web-5', 6]);
    for (let index = 100; index < 200; index += 1)
      needs.outputs.rollouts.set(makeRollout({ id: `h${index}.1`, groupId: `h${index}`, state: 'rolling' }));
    expect(operations.now.now()).toMatchObject({ rollouts_total: 106 });
    expect(operations.now.now().rollouts).toHaveLength(100);
  });

  it('is told by a server that only looks on as far as it goes', async () => {
    const p = await parts();
    const operations = observingOperations(p.needs, { root: p.root, observation: () => undefined });
    expect(operations.now.now()).toMatchObject({
      guard: { state: 'off' },
      broker: { publishing: { state: 'off' }, reports: { state: 'off' } },
      store: { state: 'up' },
    });
    expect(operations.now.convergence()).toEqual({ open: [], open_total: 0, done: [] });
    expect(operations.now.publishingQueue()).toMatchObject({ waiting_total: 0 });
  });
});

describe('convergence', () => {
  it('is what the book has, the oldest 200 of what is open', async () => {
    const p = await parts();
    const { world } = p;
    const { clock } = p.v;
    const rollouts = new RolloutBook();
    const book = new ConvergenceBook({ clock, config: { check_v6_hashes: true }, world, rollouts });
    const operations = leadingOperations({ ...p.needs, convergence: book }, { root: p.root });
    const ids = Array.from({ length: 201 }, (_, index) => `g${index}`);
    world.reconcile(
      'group',
      ids.map((id) => ({ id, name: id })),
    );
    world.reconcile(
      'host',
      ids.map((id) => ({ id, name: id, hostkey: id, group: id, active: 'active', hashpass: true })),
    );
    for (const id of ids) book.setsOut('new', id);
    const { open, open_total } = operations.now.convergence();
    expect([open.length, open_total, open[0]?.group]).toEqual([200, 201, 'g0']);
  });
});
