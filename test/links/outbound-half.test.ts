import { expect, it } from 'vitest';
import { LinkBook } from '../../src/actors/links/link-book.js';
import type { LinkInfo, OutboundInfo } from '../../src/actors/links/link-messages.js';
import { OutboundHalf } from '../../src/actors/links/outbound-half.js';
import type { BrokerConnection } from '../../src/broker/broker.js';
import { readLink } from '../../src/federation/link-settings.js';
import type { Self } from '../../src/otp/index.js';
import { linkTo } from '../support/linked-servers.js';
import { loadedWorld } from '../support/actors/loaded-world.js';

it('a linked broker that is lost again and again leaves nothing behind of the connections before', async () => {
  const clock = { now: () => 0, monotonic: () => 0 };
  const signals: AbortSignal[] = [];
  let abandoned = 0;
  const connect = async (signal?: AbortSignal): Promise<BrokerConnection> => {
    if (signal !== undefined) signals.push(signal);
    return {
      closed: Promise.resolve(undefined),
      declareExchange: async () => undefined,
      publish: async () => undefined,
      abandon: () => void (abandoned += 1),
    } as unknown as BrokerConnection;
  };
  const entry = new LinkBook({ clock, world: loadedWorld({}), intervalMs: 1000 }).entry('l1');
  const half = new OutboundHalf(
    {
      clock,
      ownSets: { now: async () => undefined, fault: undefined },
      linkBroker: () => ({ describe: 'far.example:5673/dog', connect }),
      reconnect: { baseMs: 1, maxMs: 1 },
      metrics: { count: () => undefined, gauge: () => undefined },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    },
    entry,
  );
  const enough = new Promise<void>((resolve) => {
    const self = {
      pipeToSelf: (
        work: Promise<unknown>,
        done: (value: unknown) => OutboundInfo,
        failed: (error: unknown) => OutboundInfo,
      ) =>
        void work.then(
          (value) => half.handle(self, done(value)),
          (error: unknown) => half.handle(self, failed(error)),
        ),
      sendAfter: (_ms: number, message: OutboundInfo) =>
        setImmediate(() => (signals.length === 20 ? resolve() : half.handle(self, message))),
    } as unknown as Self<LinkInfo>;
    half.start(self, readLink({ ...linkTo('q1', 1), id: 'l1' }));
  });
  await enough;
  expect(new Set(signals).size).toBe(20);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
  expect(abandoned).toBe(20);
});
