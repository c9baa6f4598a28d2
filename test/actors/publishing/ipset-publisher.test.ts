import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PublishQueue } from '../../../src/actors/publishing/publish-queue.js';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { ConfirmedSets } from '../../../src/actors/publishing/confirmed-sets.js';
import { IpsetPublisher, type IpsetPublisherNeeds } from '../../../src/actors/publishing/ipset-publisher.js';
import { IPTABLES_PUBLISHER } from '../../../src/actors/publishing/publisher-messages.js';
import { refusedAlarm } from '../../../src/actors/publishing/refused-alarm.js';
import { Notes } from '../../../src/actors/store/notes.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import type { BrokerConnection } from '../../../src/broker/broker.js';
import type { Outcome } from '../../../src/broker/outbox-contract.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { Document } from '../../../src/model/document.js';
import { call, cast } from '../../../src/otp/index.js';
import { finish } from '../../../src/firewall/finish.js';
import { SetBook } from '../../../src/world/set-book.js';
import { decodeRulesPayload } from '../../../src/wire/messages/rules-payload.js';
import { GroupSets } from '../../../src/world/group-sets.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { memoryOutbox } from '../../support/actors/memory-outbox.js';
import { memoryStore, type MemoryStore } from '../../support/actors/memory-store.js';

const QUIET_MS = 50;
const INTERVAL_MS = 5000;
const RETRY_MS = 300_000;
const CONFIRMED: Outcome = { kind: 'confirmed' };
const TOO_LARGE: Outcome = { kind: 'refused', reason: 'too large', taken: 'none' };
/** One more than a set can hold, none of which can be merged with another. */
const TOO_MANY = Array.from({ length: 65_537 }, (_, i) => `10.${i >> 15}.${(i >> 7) & 255}.${(i & 127) * 2}/32`);

function zone(ipv4_addresses: readonly string[]): Document {
  return { id: 'z', name: 'office', ipv4_addresses, ipv6_addresses: [] };
}

const AT_ONCE: IpsetPublisherNeeds['slices'] = { run: async (work) => finish(work) };

/** Begins work at once, and ends it when it is told to. */
function halting() {
  let go: (() => void) | undefined;
  return {
    goOn: () => go?.(),
    slices: {
      run: <Result>(work: Generator<void, Result>) => {
        const first = work.next();
        return new Promise<Result>((resolve) => {
          go = () => resolve(first.done === true ? first.value : finish(work));
        });
      },
    },
  };
}

interface Options {
  /** Default: without a pause. */
  readonly slices?: IpsetPublisherNeeds['slices'];
  readonly store?: MemoryStore;
  readonly hashes?: readonly Document[];
  readonly hosts?: readonly Document[];
}

async function publisherAlone({ store = memoryStore(), hashes = [], hosts = [], slices = AT_ONCE }: Options = {}) {
  const stage = actorStage();
  const world = loadedWorld({ zone: [zone(['192.0.2.1'])], ipset: hashes, host: hosts });
  const outbox = memoryOutbox();
  const link = new BrokerLink();
  const alarms = new AlarmBook(() => 0);
  const gate = { paused: false };
  const out: string[] = [];
  const guard = { open: true };
  const needs: IpsetPublisherNeeds = {
    groupSets: new GroupSets('all', { now: () => 0 }),
    clock: stage.clock,
    config: {
      publish_quiet_ms: QUIET_MS,
      ipset_periodic_publish_interval_seconds: INTERVAL_MS / 1000,
      ipset_hash_valid_seconds: 60,
      ipset_number_to_keep: 10,
      repair: true,
      takeover_wait_seconds: 120,
      broker: { refused_retry_seconds: RETRY_MS / 1000 },
    },
    store,
    outbox,
    events: { put: () => undefined },
    link,
    world,
    sets: new SetBook(world.policy, 'dog1'),
    slices,
    outputs: new RulesetOutputs(),
    confirmedSets: new ConfirmedSets(),
    notes: new Notes({ store, clock: stage.clock, log: stage.log }),
    setHistory: {
      note: () => undefined,
      settled: () => Promise.resolve(),
      status: () => ({ state: 'idle', waiting: 0, given_up: 0 }),
    },
    guard,
    gate,
    queue: new PublishQueue(),
    alarms,
    log: stage.log,
    metrics: createMetrics(),
    convergence: { setsOut: (hash) => void out.push(hash) },
  };
  const resumed = await stage.hear(IPTABLES_PUBLISHER);
  const pid = await stage.start(new IpsetPublisher(needs));
  const dirty = async (): Promise<void> => {
    cast(stage.system, pid, { tag: 'dirty', sources: ['zone->office'] });
    await stage.idle();
  };
  return {
    ...needs,
    /** Hashes of sets on which hosts are to converge. */
    out,
    stage,
    store,
    outbox,
    link,
    gate,
    guard,
    alarms,
    world,
    resumed,
    pid,
    dirty,
    shown: () => shownBy(stage, pid),
    edit: async (addresses: readonly string[]) => {
      world.apply('zone', [{ id: 'z', after: zone(addresses) }]);
      await dirty();
    },
    settle: async (at: number, outcome: Outcome) => {
      outbox.puts[at]?.settle(outcome);
      await stage.idle();
    },
    flush: () => stage.run(call(stage.system, pid, { tag: 'flush' })),
    text: (at: number) => String(decodeRulesPayload(outbox.puts[at]?.put.publication.body ?? Buffer.alloc(0)).ipsets),
  };
}

describe('the ipset publisher', () => {
  it('lets who looks on see since when sets wait and why, and tells once what hosts are to converge on', async () => {
    const p = await publisherAlone();
    const began = p.stage.clock.monotonic();
    p.gate.paused = true;
    await p.edit(['192.0.2.2']);
    expect(p.queue.sets?.()).toEqual({ since: began, held: undefined });
    await p.stage.advance(INTERVAL_MS);
    expect(p.queue.sets?.()).toEqual({ since: began, held: 'paused' });
    p.gate.paused = false;
    await p.edit(['192.0.2.3']);
    await p.stage.advance(INTERVAL_MS);
    expect(p.queue.sets?.()).toEqual({ since: undefined, held: undefined });
    expect(p.out).toEqual([]);
    await p.settle(0, { kind: 'confirmed' });
    expect(p.out).toEqual([p.sets.published?.hash]);
  });

  it('publishes all sets to all agents after a quiet time, once for a burst', async () => {
    const p = await publisherAlone();
    await p.edit(['192.0.2.2']);
    await p.stage.advance(QUIET_MS - 1);
    expect(p.outbox.targets()).toEqual([]);
    await p.edit(['192.0.2.3']);
    await p.stage.advance(1);
    expect(p.outbox.puts.map(({ put }) => [put.target, put.class, put.publication.exchange])).toEqual([
      ['sets', 'sets', 'ipsets'],
    ]);
    expect(p.text(0)).toContain('192.0.2.3');
    expect(p.sets.published?.text).toBe(p.text(0));
  });

  it('sends the sets of one moment, and what changed while they were made after them', async () => {
    const { slices, goOn } = halting();
    const p = await publisherAlone({ slices });
    await p.edit(['192.0.2.2']);
    await p.stage.advance(QUIET_MS);
    expect(p.outbox.targets()).toEqual([]);
    await p.edit(['192.0.2.3']);
    goOn();
    await p.stage.idle();
    expect(p.text(0)).toContain('192.0.2.2');
    expect(p.shown()).toMatchObject({ dirty: true });
    await p.stage.advance(INTERVAL_MS);
    goOn();
    await p.stage.idle();
    expect(p.text(1)).toContain('192.0.2.3');
    expect(p.shown()).toMatchObject({ dirty: false });
  });

  it('sends nothing when publishing was paused while sets were made, and all of it afterwards', async () => {
    const { slices, goOn } = halting();
    const p = await publisherAlone({ slices });
    await p.stage.advance(QUIET_MS);
    p.gate.paused = true;
    goOn();
    await p.stage.idle();
    expect([p.outbox.targets(), p.shown()]).toMatchObject([[], { held: 'paused', dirty: true }]);
    p.gate.paused = false;
    cast(p.stage.system, p.pid, { tag: 'resume' });
    await p.stage.advance(QUIET_MS);
    goOn();
    await p.stage.idle();
    expect(p.outbox.puts).toHaveLength(1);
  });

  it('sends at most one text per interval, the newest', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    for (let n = 2; n < 20; n += 1) {
      await p.edit([`192.0.2.${n}`]);
      await p.stage.advance(QUIET_MS);
    }
    expect(p.outbox.puts).toHaveLength(1);
    await p.stage.advance(INTERVAL_MS);
    expect(p.outbox.puts).toHaveLength(2);
    expect(p.text(1)).toContain('192.0.2.19');
  });

  it('sends nothing when the text is the one that was sent last', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.dirty();
    await p.stage.advance(2 * INTERVAL_MS);
    expect(p.outbox.puts).toHaveLength(1);
  });

  it('on request hands over what is due, and names the sets that hosts have or will have', async () => {
    const p = await publisherAlone();
    const { published, unusable } = await p.flush();
    expect(p.outbox.targets()).toEqual(['sets']);
    expect([...published]).toContain('office_zv4');
    expect(unusable.size).toBe(0);
    // The interval holds for rulesets that ask, too.
    await p.edit(['192.0.2.2']);
    await p.flush();
    expect(p.outbox.puts).toHaveLength(1);
  });

  it('holds back while publishing is paused or no agent is heard, and says so', async () => {
    const p = await publisherAlone();
    p.gate.paused = true;
    await p.stage.advance(QUIET_MS);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([[], { held: 'paused', dirty: true }]);
    p.guard.open = false;
    cast(p.stage.system, p.pid, { tag: 'resume' });
    await p.stage.advance(QUIET_MS);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([[], { held: 'guard' }]);
    p.guard.open = true;
    p.gate.paused = false;
    cast(p.stage.system, p.pid, { tag: 'resume' });
    await p.stage.advance(QUIET_MS);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([['sets'], { held: null, dirty: false }]);
  });

  it('records the hash when the broker has confirmed, not before, and tells the rulesets that waited', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    expect([p.store.rows('ipset'), p.store.rows('setting'), p.resumed]).toEqual([[], [], []]);
    await p.settle(0, CONFIRMED);
    const { hash, text } = p.sets.published ?? { hash: '', text: '' };
    const text_sha256 = createHash('sha256').update(text).digest('hex');
    const now = Math.floor(p.clock.now() / 1000);
    expect(p.store.rows('ipset')).toMatchObject([{ hash, timestamp: now }]);
    expect(p.store.doc('setting', 'sets_published')).toEqual({
      id: 'sets_published',
      text_sha256,
      hash,
      published_at: now,
    });
    expect(p.confirmedSets.sha).toBe(text_sha256);
    expect(p.resumed).toEqual([{ tag: 'resume' }]);
  });

  it('takes away hashes beyond the number and the window', async () => {
    const old = Array.from({ length: 15 }, (_, n) => ({ id: `${n}`, hash: `h${n}`, timestamp: 1000 + n }));
    const p = await publisherAlone({ store: memoryStore({ ipset: old }), hashes: old });
    await p.flush();
    await p.settle(0, CONFIRMED);
    // Ten are kept with the new one, and one more, which was the newest until the tenth came.
    expect(p.store.rows('ipset').map(({ id }) => id)).toEqual([
      ...old.slice(5).map(({ id }) => id),
      expect.any(String),
    ]);
  });

  it('adds no row when the hash is the newest already', async () => {
    const { hash } = new SetBook(loadedWorld({ zone: [zone(['192.0.2.1'])] }).policy, 'dog1').render();
    const hashes = [{ id: 'i', hash, timestamp: 1 }];
    const p = await publisherAlone({ store: memoryStore({ ipset: hashes }), hashes });
    await p.stage.advance(QUIET_MS);
    expect([p.outbox.targets(), p.store.rows('ipset')]).toEqual([[], hashes]);
    expect(p.store.doc('setting', 'sets_published')).toMatchObject({ hash });
  });

  it('after a restart sends nothing that all agents have', async () => {
    const before = await publisherAlone();
    await before.stage.advance(QUIET_MS);
    await before.settle(0, CONFIRMED);
    const p = await publisherAlone({ store: before.store, hashes: before.store.rows('ipset') });
    await p.stage.advance(INTERVAL_MS);
    expect(p.outbox.targets()).toEqual([]);
    expect(p.sets.published?.names.has('office_zv4')).toBe(true);
    await p.edit(['192.0.2.2']);
    await p.stage.advance(INTERVAL_MS);
    expect(p.outbox.targets()).toEqual(['sets']);
  });

  it('counts as sent what a single queue refused', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.settle(0, { kind: 'refused', reason: 'nack', taken: 'some' });
    expect(p.store.rows('ipset')).toHaveLength(1);
    await p.stage.advance(RETRY_MS);
    expect(p.outbox.puts).toHaveLength(1);
  });

  it('tries slowly what the broker found too large, and says which sets nobody has as they are now', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.settle(0, CONFIRMED);
    await p.edit(['192.0.2.2']);
    await p.stage.advance(INTERVAL_MS);
    await p.settle(1, TOO_LARGE);
    expect([...p.sets.untaken]).toEqual(['office_zv4']);
    expect((await p.flush()).unusable).toEqual(new Set(['office_zv4']));
    // Those that name others go out.
    expect(p.resumed).toHaveLength(2);
    await p.stage.advance(RETRY_MS - 1);
    expect(p.outbox.puts).toHaveLength(2);
    await p.stage.advance(1 + INTERVAL_MS);
    expect(p.outbox.puts).toHaveLength(3);
    await p.settle(2, CONFIRMED);
    expect([p.sets.untaken.size, p.store.rows('ipset').length]).toEqual([0, 2]);
    await p.stage.advance(RETRY_MS);
    expect(p.outbox.puts).toHaveLength(3);
  });

  it('tries it at once over a new connection: it may be another broker, or have another limit', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.settle(0, TOO_LARGE);
    await p.stage.advance(INTERVAL_MS);
    p.link.up({} as BrokerConnection);
    await p.stage.advance(QUIET_MS);
    expect(p.outbox.puts).toHaveLength(2);
  });

  it('ends the alarm when an edit that was too large is undone', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.settle(0, CONFIRMED);
    await p.edit(['192.0.2.2']);
    await p.stage.advance(INTERVAL_MS);
    p.alarms.set(refusedAlarm('sets'), 'too large');
    await p.settle(1, TOO_LARGE);
    await p.edit(['192.0.2.1']);
    await p.stage.advance(INTERVAL_MS);
    expect([p.outbox.puts.length, p.alarms.list(), p.sets.untaken.size]).toEqual([2, [], 0]);
  });

  it('sends again what the outbox had no room for', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.settle(0, { kind: 'dropped', reason: 'full' });
    expect(p.stage.warnings()).toEqual(['the sets were not sent']);
    await p.stage.advance(INTERVAL_MS);
    expect(p.outbox.puts).toHaveLength(2);
  });

  it('keeps what a set over the limit last had before it sends anything, and finds it after a restart', async () => {
    const p = await publisherAlone();
    await p.stage.advance(QUIET_MS);
    await p.settle(0, CONFIRMED);
    await p.edit(TOO_MANY);
    await p.stage.advance(INTERVAL_MS);
    expect(p.store.doc('setting', 'last_good_sets')).toMatchObject({ sets: { office_zv4: ['192.0.2.1/32'] } });
    expect(p.outbox.puts).toHaveLength(1);
    expect(p.stage.warnings()).toHaveLength(1);

    const next = await publisherAlone({ store: p.store, hashes: p.store.rows('ipset') });
    next.world.apply('zone', [{ id: 'z', after: zone(TOO_MANY) }]);
    await next.stage.advance(INTERVAL_MS);
    expect(next.sets.published?.contents.get('office_zv4')).toEqual(['192.0.2.1/32']);
    await next.edit(['192.0.2.7']);
    await next.stage.advance(INTERVAL_MS);
    expect(next.store.doc('setting', 'last_good_sets')).toEqual({ id: 'last_good_sets', sets: {} });
  });

  it('takes what stands in before what rulesets in use had: it is the newer', async () => {
    const store = memoryStore({
      setting: [
        { id: 'last_good_set:office_zv4', addresses: ['192.0.2.8'] },
        { id: 'last_good_sets', sets: { office_zv4: ['192.0.2.9'] } },
      ],
    });
    const p = await publisherAlone({ store });
    p.world.apply('zone', [{ id: 'z', after: zone(TOO_MANY) }]);
    await p.stage.advance(QUIET_MS);
    expect(p.sets.published?.contents.get('office_zv4')).toEqual(['192.0.2.9']);
  });

  it('waits, after a takeover, for hosts to say which sets they have; not when rules ask for them', async () => {
    const hashes = [{ id: 'i', hash: 'another spelling', timestamp: 1 }];
    const hosts = [{ id: 'h', hostkey: 'key', active: 'active' }];
    const p = await publisherAlone({ hashes, hosts });
    await p.stage.advance(60_000);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([[], { held: 'takeover' }]);
    p.world.apply('host', [
      {
        id: 'h',
        after: { id: 'h', hostkey: 'key', active: 'active', ipset_hash: finish(p.sets.renderInSteps()).hash },
      },
    ]);
    await p.stage.advance(500);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([[], { held: null }]);
    expect(p.confirmedSets.sha).toBeDefined();

    const asked = await publisherAlone({ hashes, hosts });
    await asked.flush();
    expect(asked.outbox.targets()).toEqual(['sets']);
  });
});
