import { describe, expect, it } from 'vitest';
import { leadingOperations } from '../../src/operations/leading-operations.js';
import { CommandError } from '../../src/operations/operations.js';
import { StoreError } from '../../src/store/store.js';
import { parts, REFUSED, START } from './parts.js';

const NOT_CONNECTED = ['broker: not connected to rabbit.example', 'broker: no reports come in: not connected'];

async function leading(standing?: Parameters<typeof leadingOperations>[1]['standing']) {
  const p = await parts();
  return { ...p, operations: leadingOperations(p.needs, { root: p.root, ...(standing && { standing }) }) };
}

describe('the operations of a server that does the work', () => {
  it('show the tree, and parts of it by path', async () => {
    const { operations } = await leading();
    expect(operations.tree({})).toMatchObject({ id: 'dog_trainer', path: 'dog_trainer' });
    expect(operations.tree({ path: 'dog_trainer/intake_sup/intake' })).toMatchObject({ id: 'intake' });
    expect(operations.tree({ path: 'dog_trainer/none' })).toBeUndefined();
  });

  it('queue a group by its name; a name that no group has is ignored', async () => {
    const { operations, world, sent } = await leading();
    world.reconcile('group', [{ id: 'g1', name: 'web' }]);
    operations.publishGroup('web');
    operations.publishGroup('other');
    expect(sent).toEqual([['g1', { tag: 'republish' }]]);
  });

  it('are not ready without a broker, a store, or a part of the tree, and say which', async () => {
    const { v, operations, store } = await leading();
    expect(operations.readiness()).toEqual({ ready: false, reasons: NOT_CONNECTED });
    store.state = { up: false, since: START, reason: 'the disk is full' };
    expect(operations.readiness().reasons).toEqual(['store: the disk is full', ...NOT_CONNECTED]);
    v.system.exit(v.system.whereis('alerts_sup')!, 'kill', v.system.whereis('dog_trainer')!);
    await v.turns.runToIdle();
    expect(operations.readiness().reasons).toContainEqual(
      expect.stringMatching(/^dog_trainer: 1 of at most 5 restarts/),
    );
  });

  it('name alarms, and the term of a lead', async () => {
    const { operations, alarms } = await leading(() => ({ role: 'leader', term: 7 }));
    alarms.set('log.file:x', 'it cannot be written');
    expect(operations.alarms()).toEqual([{ id: 'log.file:x', since: START / 1000, text: 'it cannot be written' }]);
    expect(operations.readiness().reasons.slice(-2)).toEqual([
      'alarm log.file:x: it cannot be written',
      'leading (term 7)',
    ]);
    expect(operations.standing()).toEqual({ role: 'leader', term: 7 });
  });

  it('store the switch of publishing before they turn it, and tell the publishers when it goes on', async () => {
    const { v, operations, store, sent } = await leading();
    const by = { author: 'ann', since: START / 1000 };
    expect(await operations.setPublishing(true, 'ann')).toEqual({ paused: true, ...by });
    expect(operations.publishing()).toEqual({ paused: true, ...by });
    await v.idle();
    expect([store.commits.length, sent]).toEqual([1, []]);
    await operations.setPublishing(false, 'bob');
    await v.idle();
    expect(sent).toEqual([
      ['ipset_publisher', { tag: 'resume' }],
      ['iptables_publisher', { tag: 'resume' }],
    ]);
    store.refuses = new StoreError('unavailable', 'away');
    await expect(operations.setPublishing(true, 'ann')).rejects.toThrow('away');
    expect(operations.publishing().paused).toBe(false);
  });

  it('compare what a host reports with what it was sent; a host that there is not has no drift', async () => {
    const { operations, world, needs } = await leading();
    world.reconcile('host', [
      { id: 'h1', name: 'one', hostkey: 'k1', group: 'web', hash4_ipsets: 'old', active: 'active' },
    ]);
    needs.drift.observe('k1', ['hash4_ipsets'], 5);
    needs.drift.repaired('k1', 6);
    expect(await operations.drift('h1')).toMatchObject({
      id: 'h1',
      state: 'active',
      not_sent: 'the host is in no group that there is',
      differing: ['hash4_ipsets'],
      since: 5,
      repair_attempts: 1,
      last_repair_at: 6,
      reported: { hash4_ipsets: 'old', at: null },
    });
    expect(await operations.drift('none')).toBeUndefined();
  });

  it('ask the actor that speaks with agents, and say when a host does not answer', async () => {
    const { v, operations, commands } = await leading();
    const ask = () => v.run(operations.commands.execute('k1', 'ls', { useShell: true, apiUser: 'ann' }));
    commands.answers = { ok: true, reply: { kind: 'ok', output: 'text\n' } };
    expect(await ask()).toEqual({ ok: true, value: 'text' });
    expect(commands.asked[0]).toMatchObject({
      hostkey: 'k1',
      apiUser: 'ann',
      timeoutMs: 10_000,
      request: { command: 'execute_command', commandLine: 'ls', useShell: true },
    });
    commands.answers = { ok: false, code: 'timeout', message: 'no answer' };
    await expect(ask()).rejects.toEqual(new CommandError('timeout', 'no answer'));
  });

  it('know hosts that are refused, and the dialect, and observe nothing', async () => {
    const { operations, world } = await leading();
    expect(operations.refusedHosts()).toEqual([{ ...REFUSED, id: null }]);
    world.reconcile('host', [{ id: 'h1', name: 'one', hostkey: 'h', group: 'web', active: 'active' }]);
    expect(operations.refusedHosts()).toEqual([{ ...REFUSED, id: 'h1' }]);
    expect(operations.dialect()).toBe('dog2');
    expect(operations.observation()).toBeUndefined();
    expect(operations.standing()).toEqual({ role: 'alone' });
  });
});
