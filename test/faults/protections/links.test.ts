import { expect, it } from 'vitest';
import type { LinkCast } from '../../../src/actors/links/link-messages.js';
import { LinkBook } from '../../../src/actors/links/link-book.js';
import { LinkActor, type LinkActorNeeds } from '../../../src/actors/links/link-actor.js';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import { BrokerError } from '../../../src/broker/broker.js';
import { loadConfig } from '../../../src/config/load.js';
import {
  cast,
  startDynamicChild,
  type ServerRef,
  supervisorSpec,
  workerSpec,
  type GenServer,
  type Self,
} from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import { linksSup } from '../../../src/supervisors/links-sup.js';
import { memoryStore } from '../../support/actors/memory-store.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { linkTo } from '../../support/linked-servers.js';
import { started } from '../../support/supervision.js';
import { stubActor } from '../../support/stub-actors.js';

const REFUSED = new BrokerError('connection', 'refused', 'far.example:5673/dog: refused');

/** The far broker's refusal as a crash, in the company of all that speaks AMQP, as the Erlang server had it. */
class CrashingLink implements GenServer {
  async init(self: Self): Promise<void> {
    self.sendAfter(100, { tag: 'connect' });
  }

  handleInfo(): void {
    throw REFUSED;
  }
}

/** Starts of everybody who publishes to agents, and whether he still runs, after a minute of refusals. */
async function afterRefusals(isolated: boolean): Promise<{ readonly starts: number; readonly runs: boolean }> {
  const v = virtualSystem(Date.UTC(2026, 0, 1));
  const { system, clock } = v;
  let [starts, tries] = [0, 0];
  const connect = (): Promise<never> => {
    tries += 1;
    return Promise.reject(REFUSED);
  };
  const publisher = (): GenServer => {
    starts += 1;
    return {};
  };
  const world = loadedWorld({ link: [{ ...linkTo('q1', 1), id: 'l1' }] });
  const book = new LinkBook({ clock, world, intervalMs: 5000 });
  const needs = {
    clock,
    config: loadConfig({}).config,
    store: { ...memoryStore(), find: async () => [] },
    alarms: new AlarmBook(() => clock.now()),
    metrics: { count: () => undefined, gauge: () => undefined },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    world,
    book,
    ownSets: { now: async () => undefined, fault: undefined },
    linkBroker: () => ({ describe: 'far.example:5673/dog', connect }),
    reportsLink: new BrokerLink(),
    reconnect: { baseMs: 100, maxMs: 1000 },
    intervalMs: 5000,
  } satisfies LinkActorNeeds;
  const link = (id: string) => new LinkActor(needs, id) as unknown as GenServer;
  const spec = isolated
    ? supervisorSpec('amqp', { strategy: 'one_for_one', intensity: 10, periodS: 60 }, () => [
        workerSpec('publisher', publisher),
        linksSup({ link, keeper: stubActor }),
      ])
    : supervisorSpec('amqp', { strategy: 'one_for_all', intensity: 10, periodS: 60 }, () => [
        workerSpec('publisher', publisher),
        workerSpec('link', () => new CrashingLink()),
      ]);
  const parent = await v.run(system.spawn({ init: (self) => self.trapExit(true), handle: () => undefined }));
  started(await v.run(spec.start({ system, parent })));
  if (isolated) {
    const child = await v.run(startDynamicChild(system, 'link_sup', ['l1']));
    if ('error' in child || child.ok === undefined) throw new Error('the link did not start');
    cast(system, child.ok as ServerRef<never, never, LinkCast>, { tag: 'sync' });
  }
  await v.advance(60_000);
  if (isolated) expect([book.entry('l1').far?.state, tries > 20]).toEqual(['down', true]);
  return { starts, runs: system.whereis('publisher') !== undefined };
}

it('trial 24 without isolation: one refusing far broker takes down all that speaks with agents', async () => {
  expect(await afterRefusals(true)).toEqual({ starts: 1, runs: true });
  const off = await afterRefusals(false);
  expect(off.starts).toBeGreaterThan(5);
  expect(off.runs).toBe(false);
  process.stdout.write(`protection off, trial 24: ${off.starts} starts of the publisher, then none\n`);
});
