import { describe, expect, it } from 'vitest';
import { ConfigPublisher } from '../../../src/actors/publishing/config-publisher.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { Document } from '../../../src/model/document.js';
import { cast } from '../../../src/otp/index.js';
import { StoreError } from '../../../src/store/store.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { memoryOutbox } from '../../support/actors/memory-outbox.js';
import { memoryStore } from '../../support/actors/memory-store.js';

const INTERVAL_MS = 600_000;
const HOST = { id: 'h', hostkey: 'key', name: 'one', group: 'web', location: 'here', environment: 'test' };

async function publisherAlone(host: Document = HOST, known?: object) {
  const stage = actorStage();
  const outbox = memoryOutbox();
  const report = known === undefined ? [] : [{ id: 'key', ...known }];
  const store = memoryStore({ host_report: report });
  const world = loadedWorld({ host: [host] });
  const pid = await stage.start(
    new ConfigPublisher({
      clock: stage.clock,
      config: { config_resend_interval_seconds: INTERVAL_MS / 1000 },
      world,
      store,
      outbox,
      log: stage.log,
      metrics: createMetrics(),
    }),
  );
  return {
    stage,
    outbox,
    store,
    world,
    pid,
    told: async (tag: 'changed' | 'remind', hostkey = 'key') => {
      cast(stage.system, pid, { tag, hostkey });
      await stage.idle();
    },
  };
}

describe('the config publisher', () => {
  it('tells an agent its own row, at each change', async () => {
    const p = await publisherAlone();
    await p.told('changed');
    await p.told('changed');
    expect(p.outbox.puts.map(({ put }) => [put.target, put.class, put.publication.routingKey])).toEqual([
      ['config/key', 'config', 'key'],
      ['config/key', 'config', 'key'],
    ]);
    expect(shownBy(p.stage, p.pid)).toEqual({ told: 1 });
  });

  it('reminds it at most once per interval, counted from when it was told last', async () => {
    const p = await publisherAlone();
    await p.told('changed');
    await p.stage.advance(INTERVAL_MS - 1);
    await p.told('remind');
    expect(p.outbox.puts).toHaveLength(1);
    await p.stage.advance(1);
    await p.told('remind');
    await p.told('remind');
    expect(p.outbox.puts).toHaveLength(2);
  });

  it('does not tell an agent what it says itself, nor one that nobody knows', async () => {
    const said = { reported_group: 'web', reported_environment: 'test', reported_location: 'here', bound_group: 'web' };
    const p = await publisherAlone(HOST, said);
    await p.told('changed');
    await p.told('changed', 'another');
    expect(p.outbox.puts).toEqual([]);
    p.world.apply('host', [{ id: 'h', after: { ...HOST, group: 'db' } }]);
    await p.told('changed');
    expect(p.outbox.puts).toHaveLength(1);
  });

  it('sends no row that would crash an agent, and says so', async () => {
    const { location: _, ...host } = HOST;
    const p = await publisherAlone(host);
    await p.told('changed');
    expect(p.outbox.puts).toEqual([]);
    expect(p.stage.warnings()).toEqual([
      'the host is not told its configuration: hostkey, group, location and environment must all be strings',
    ]);
  });

  it('waits for the store, which knows what the agent said last', async () => {
    const p = await publisherAlone();
    p.store.failure = new StoreError('unavailable', 'away');
    await p.told('changed');
    await p.stage.advance(60_000);
    expect(p.outbox.puts).toEqual([]);
    p.store.failure = undefined;
    await p.stage.advance(10_000);
    expect(p.outbox.puts).toHaveLength(1);
  });

  it('says what the outbox gave up', async () => {
    const p = await publisherAlone();
    await p.told('changed');
    p.outbox.puts[0]?.settle({ kind: 'dropped', reason: 'full' });
    await p.stage.idle();
    expect(p.stage.warnings()).toEqual(['a message was not sent']);
  });
});
