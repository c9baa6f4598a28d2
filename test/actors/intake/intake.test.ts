import { describe, expect, it } from 'vitest';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import type { DeadLetter } from '../../../src/actors/intake/dead-letter.js';
import { Intake, type IntakeNeeds } from '../../../src/actors/intake/intake.js';
import { RefusedReports } from '../../../src/actors/intake/refused-reports.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { JsonObject } from '../../../src/model/document.js';
import { CallFailed, crash, stopGenServer } from '../../../src/otp/index.js';
import { stampAt } from '../../../src/wire/messages/envelope.js';
import { encodeReport } from '../../../src/wire/messages/report.js';
import { World } from '../../../src/world/world.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { smallConnection, type HandedDelivery } from '../../support/actors/small-connection.js';
import { smallWorld } from '../../support/actors/small-world.js';
import { reportOf } from '../../support/whole-server.js';

/** A report that a host's actor has in hand. */
interface AtHost {
  readonly hostkey: string;
  stored(): void;
  fails(error: Error): void;
}

const LIMITS: IntakeNeeds['config']['intake'] = {
  prefetch: 7,
  max_tries: 3,
  max_report_bytes: 10_000,
  addresses_max: 64,
  check_user_id: false,
};

/** A world that knows these hosts. */
function worldOf(hostkeys: readonly string[]): World {
  return smallWorld({ host: hostkeys.map((hostkey) => ({ id: hostkey, hostkey })) });
}

async function stage({
  world = worldOf(['known-host-1', 'known-host-2']),
  limits = {},
}: { readonly world?: World; readonly limits?: Partial<typeof LIMITS> } = {}) {
  const v = actorStage();
  const [link, broker, refused] = [new BrokerLink(), smallConnection(), new RefusedReports(10)];
  const atHosts: AtHost[] = [];
  const letters: DeadLetter[] = [];
  const held: { written?: () => void; tidied: number } = { tidied: 0 };
  const needs: IntakeNeeds = {
    clock: v.clock,
    config: { intake: { ...LIMITS, ...limits } },
    reportsLink: link,
    world,
    hosts: {
      call: (hostkey) =>
        new Promise((resolve, reject) => {
          atHosts.push({ hostkey, stored: () => resolve('done'), fails: reject });
        }),
    },
    refused,
    deadLetters: {
      add: (letter) => {
        letters.push(letter);
        return new Promise((resolve) => (held.written = resolve));
      },
      tidy: () => Promise.resolve(void (held.tidied += 1)),
      get total() {
        return letters.length;
      },
    },
    metrics: createMetrics(),
    log: v.log,
  };
  link.up(broker.connection);
  const pid = await v.start(new Intake(needs));
  await v.idle();
  const deliver = (body: Uint8Array, more = {}): HandedDelivery => {
    const consumer = broker.consumers.at(-1);
    if (consumer === undefined) throw new Error('nobody consumes');
    return consumer.deliver(body, more);
  };
  const report = (hostkey: string, fields: JsonObject = {}, more = {}): HandedDelivery =>
    deliver(encodeReport('keepalive', reportOf(hostkey, 'web', fields), stampAt(new Date(0))), more);
  const keys = (): readonly string[] => atHosts.map(({ hostkey }) => hostkey);
  const reasons = (): readonly unknown[] => letters.map(({ reason }) => reason);
  return { v, link, broker, refused, needs, atHosts, letters, held, pid, deliver, report, keys, reasons };
}

describe('the intake', () => {
  it('consumes with the configured prefetch, and answers a report when its host’s actor has stored it', async () => {
    const s = await stage();
    expect(s.broker.consumers).toMatchObject([{ queue: 'ips', prefetch: 7 }]);
    const delivery = s.report('known-host-1');
    await s.v.advance(60_000);
    expect([s.keys(), delivery.answer]).toEqual([['known-host-1'], undefined]);
    expect(shownBy(s.v, s.pid)).toMatchObject({ under_way: 1, handled: 0 });
    s.atHosts[0]?.stored();
    await s.v.idle();
    expect(delivery.answer).toBe('ack');
    expect(shownBy(s.v, s.pid)).toEqual({ consuming: true, under_way: 0, handled: 1, dead_letters: 0 });
  });

  it('does not consume before the world is loaded: every host would be a stranger', async () => {
    const world = new World({ generateUnset: false });
    const s = await stage({ world });
    await s.v.advance(1000);
    expect(s.broker.consumers).toEqual([]);
    for (const table of world.missing) world.reconcile(table, []);
    await s.v.advance(50);
    expect(s.broker.consumers).toHaveLength(1);
  });

  it('keeps what it refuses as a dead letter, by reason, and answers it when that is written', async () => {
    const s = await stage({ limits: { check_user_id: true } });
    const userId = 'known-host-1';
    const cases = [
      ['malformed_term', () => s.deliver(Buffer.from('junk'))],
      ['too_large', () => s.deliver(Buffer.alloc(10_001))],
      ['wrong_user', () => s.report('known-host-1', {}, { userId: 'mallory' })],
      ['wrong_user', () => s.report('known-host-1')],
      ['invalid', () => s.report('known-host-1', { group: 'x'.repeat(27) }, { userId })],
      ['addresses', () => s.report('known-host-1', { interfaces: '{"e":["0.0.0.0/0"]}' }, { userId })],
    ] as const;
    for (const [reason, send] of cases) {
      const delivery = send();
      await s.v.idle();
      expect(s.reasons().at(-1)).toBe(reason);
      expect(delivery.answer).toBeUndefined();
      s.held.written?.();
      await s.v.idle();
      expect(delivery.answer).toBe('ack');
    }
    expect(s.atHosts).toEqual([]);
    expect(s.refused.list()).toMatchObject([{ hostkey: 'known-host-1', reason: 'addresses', count: 4 }]);
    s.report('known-host-1', {}, { userId });
    await s.v.idle();
    expect([s.refused.list(), s.keys()]).toEqual([[], ['known-host-1']]);
  });

  it('hands a report over again when its host’s actor died of it, and buries it after its tries', async () => {
    const s = await stage();
    const delivery = s.report('known-host-1');
    for (let tries = 1; tries <= 3; tries += 1) {
      await s.v.idle();
      expect([s.atHosts.length, s.letters.length]).toEqual([tries, 0]);
      s.atHosts.at(-1)?.fails(new CallFailed('x', { error: new Error('poison') }));
    }
    await s.v.idle();
    expect(s.letters).toMatchObject([{ reason: 'not_handled', hostkey: 'known-host-1', queue: 'ips' }]);
    s.held.written?.();
    await s.v.idle();
    expect(delivery.answer).toBe('ack');
  });

  it('tries for ever, each second, while the hosts’ actors are not there: that is not the report’s fault', async () => {
    const s = await stage();
    s.report('known-host-1');
    await s.v.idle();
    for (let n = 0; n < 10; n += 1) {
      s.atHosts.at(-1)?.fails(new CallFailed('x', 'noproc'));
      await s.v.advance(1000);
    }
    expect([s.atHosts.length, s.letters]).toEqual([11, []]);
  });

  it('takes reports of known hosts first; a stranger’s waits for those under way, at most a fifth of a second', async () => {
    const s = await stage();
    s.report('stranger-host-1');
    s.report('known-host-1');
    s.report('stranger-host-1');
    await s.v.idle();
    expect(s.keys()).toEqual(['known-host-1']);
    await s.v.advance(199);
    expect(s.keys()).toEqual(['known-host-1']);
    await s.v.advance(1);
    expect(s.keys()).toEqual(['known-host-1', 'stranger-host-1', 'stranger-host-1']);
  });

  it('takes a stranger’s report at once when nothing is under way', async () => {
    const s = await stage();
    s.report('stranger-host-1');
    await s.v.idle();
    expect(s.keys()).toEqual(['stranger-host-1']);
  });
});

describe('the consumer of the intake', () => {
  it('that ends is made again each second, the queue declared anew; the trouble is shown, and told of once', async () => {
    const s = await stage();
    s.broker.refusesConsumers = new Error('ACCESS_REFUSED');
    s.broker.consumers[0]?.end(new Error('the queue was deleted'));
    await s.v.idle();
    expect([s.link.trouble, s.broker.declared]).toEqual(['the queue was deleted', []]);
    await s.v.advance(2000);
    expect([s.link.trouble, s.broker.declared]).toEqual(['ACCESS_REFUSED', ['ips', 'ips']]);
    expect(shownBy(s.v, s.pid)).toMatchObject({ consuming: false });
    s.broker.refusesConsumers = undefined;
    await s.v.advance(1000);
    expect([s.link.trouble, s.broker.consumers.length]).toEqual([undefined, 2]);
    expect(s.v.lines.map(({ text }) => text)).toEqual([
      'reports are not consumed; trying again',
      'reports are consumed again',
    ]);
  });

  it('with a new connection is made there; the end of the old one does not matter any more', async () => {
    const s = await stage();
    s.link.down();
    await s.v.idle();
    const next = smallConnection();
    s.link.up(next.connection);
    await s.v.idle();
    expect(next.consumers).toHaveLength(1);
    s.broker.consumers[0]?.end(new Error('connection lost'));
    await s.v.advance(5000);
    expect([next.consumers.length, s.link.trouble]).toEqual([1, undefined]);
  });

  it('goes with its actor, killed: what was not handed over goes back to the queue, also what comes afterwards', async () => {
    const s = await stage();
    const underWay = s.report('known-host-1');
    await s.v.idle();
    const unread = s.report('known-host-2');
    crash(s.v.system, s.pid);
    expect([s.broker.consumers[0]?.cancelled, unread.answer]).toEqual([true, 'requeue']);
    expect(s.report('known-host-2').answer).toBe('requeue');
    s.atHosts[0]?.fails(new CallFailed('x', 'noproc'));
    await s.v.idle();
    expect(underWay.answer).toBe('requeue');
  });

  it('stops first when its actor is stopped, which waits for what is under way, at most two seconds', async () => {
    const s = await stage();
    const delivery = s.report('known-host-1');
    await s.v.idle();
    const stopped = stopGenServer(s.v.system, s.pid, 'shutdown');
    await s.v.advance(1000);
    expect([s.broker.consumers[0]?.cancelled, s.v.system.isAlive(s.pid)]).toEqual([true, true]);
    s.atHosts[0]?.stored();
    await s.v.run(stopped);
    expect([delivery.answer, s.v.system.isAlive(s.pid)]).toEqual(['ack', false]);
    const other = await stage();
    other.report('known-host-1');
    await other.v.idle();
    void stopGenServer(other.v.system, other.pid, 'shutdown');
    await other.v.advance(1999);
    expect(other.v.system.isAlive(other.pid)).toBe(true);
    await other.v.advance(1);
    expect(other.v.system.isAlive(other.pid)).toBe(false);
  });
});

describe('each hour the intake', () => {
  it('lets go of old dead letters, and of refused addresses of hosts that are silent', async () => {
    const s = await stage();
    expect(s.held.tidied).toBe(1);
    s.refused.add(s.v.clock.now(), { hostkey: 'k' }, 'addresses', 'why');
    await s.v.advance(3_600_000);
    expect([s.held.tidied, s.refused.list().length]).toEqual([2, 1]);
    await s.v.advance(3_600_000);
    expect([s.held.tidied, s.refused.list().length]).toEqual([3, 0]);
  });
});
