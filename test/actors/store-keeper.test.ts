import { describe, expect, it } from 'vitest';
import { AlarmBook } from '../../src/alarms/alarm-book.js';
import type { ServerBase } from '../../src/actors/context.js';
import type { Log } from '../../src/log/log.js';
import { StoreKeeper } from '../../src/actors/store/store-keeper.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { startGenServer } from '../../src/otp/index.js';
import { StoreStatus } from '../../src/store/store-status.js';
import { StoreError, type Store, type TableTrouble } from '../../src/store/store.js';
import { virtualSystem } from '../../src/otp/testing/index.js';

describe('the keeper of the store', () => {
  const starts = async (before: (status: StoreStatus) => void) => {
    const virtual = virtualSystem();
    const status = new StoreStatus(() => 0);
    before(status);
    const lines: string[] = [];
    const unwanted = (): void => undefined;
    const log: Log = {
      debug: unwanted,
      warn: unwanted,
      info: (_fields, message) => void lines.push(message),
      error: (fields, message) => void lines.push(`${message.slice(0, 17)}: ${(fields as { reason: string }).reason}`),
    };
    const store = { state: () => status.current, onState: (listener) => status.listen(listener) } satisfies Pick<
      Store,
      'state' | 'onState'
    >;
    const alarms = new AlarmBook(() => 0);
    const base = { system: virtual.system, log, metrics: createMetrics(), store, alarms } as unknown as ServerBase;
    await virtual.run(startGenServer(virtual.system, new StoreKeeper(base), { name: 'store' }));
    const down = async (reason: string): Promise<void> => {
      status.down(new StoreError('unavailable', reason));
      await Promise.resolve();
      await virtual.idle();
    };
    const up = async (): Promise<void> => {
      status.up();
      await Promise.resolve();
      await virtual.idle();
    };
    const troubled = async (troubles: readonly TableTrouble[]): Promise<void> => {
      status.troubled(troubles);
      await Promise.resolve();
      await virtual.idle();
    };
    const shown = () => alarms.list().map(({ id, text }) => `${id}: ${text}`);
    return { lines, down, up, troubled, shown };
  };

  it('tells of a store that was away before it began to look', async () => {
    const { lines, up } = await starts((status) => status.down(new StoreError('unavailable', 'nobody listens')));
    expect(lines).toEqual(['the store is down: nobody listens']);
    await up();
    expect(lines).toEqual(['the store is down: nobody listens', 'the store is back']);
  });

  it('tells each reason of an outage once, however often servers that are away are tried in turn', async () => {
    const { lines, down, up } = await starts(() => undefined);
    for (const reason of ['lost', 'a is away', 'b is away', 'a is away', 'b is away']) await down(reason);
    await up();
    await down('a is away');
    expect(lines).toEqual([
      'the store is down: lost',
      'the store is down: a is away',
      'the store is down: b is away',
      'the store is back',
      'the store is down: a is away',
    ]);
  });

  it('raises an alarm for each table that the store refuses, as long as it does', async () => {
    const { lines, troubled, shown } = await starts(() => undefined);
    await troubled([
      { table: 'ipset', reason: 'no reading' },
      { table: 'zone', reason: 'it is gone' },
      { table: 'ipset', reason: 'no writing' },
    ]);
    expect(shown()).toEqual(['store.table:ipset: no reading; no writing', 'store.table:zone: it is gone']);
    await troubled([{ table: 'ipset', reason: 'no writing' }]);
    expect(shown()).toEqual(['store.table:ipset: no writing']);
    await troubled([]);
    expect(shown()).toEqual([]);
    // It was never down.
    expect(lines).toEqual([]);
  });

  it('finds what its predecessor raised', async () => {
    const { shown, troubled } = await starts((status) => status.troubled([{ table: 'zone', reason: 'it is gone' }]));
    expect(shown()).toEqual(['store.table:zone: it is gone']);
    await troubled([]);
    expect(shown()).toEqual([]);
  });
});
