import { describe, expect, it } from 'vitest';
import type { ServerBase } from '../../src/actors/context.js';
import type { Log } from '../../src/actors/log-port.js';
import { StoreKeeper } from '../../src/actors/store/store-keeper.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { startServer } from '../../src/otp/index.js';
import { StoreStatus } from '../../src/store/store-status.js';
import { StoreError, type Store } from '../../src/store/store.js';
import { virtualKernel } from '../support/virtual-kernel.js';

describe('the keeper of the store', () => {
  const starts = async (before: (status: StoreStatus) => void) => {
    const virtual = virtualKernel();
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
    const base = { kernel: virtual.kernel, log, metrics: createMetrics(), store } as unknown as ServerBase;
    await virtual.run(startServer(virtual.kernel, new StoreKeeper(base), { name: 'store' }));
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
    return { lines, down, up };
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
});
