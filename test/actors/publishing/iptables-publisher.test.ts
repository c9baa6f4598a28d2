import { describe, expect, it } from 'vitest';
import { BrokerLink } from '../../../src/actors/broker/broker-link.js';
import { RulesetOutputs } from '../../../src/actors/groups/ruleset-outputs.js';
import { IptablesPublisher, type IptablesPublisherNeeds } from '../../../src/actors/publishing/iptables-publisher.js';
import { IPSET_PUBLISHER, type IptablesCast } from '../../../src/actors/publishing/publisher-messages.js';
import { PublishQueue } from '../../../src/actors/publishing/publish-queue.js';
import { refusedAlarm } from '../../../src/actors/publishing/refused-alarm.js';
import { Notes } from '../../../src/actors/store/notes.js';
import { AlarmBook } from '../../../src/alarms/alarm-book.js';
import type { BrokerConnection } from '../../../src/broker/broker.js';
import type { Outcome } from '../../../src/broker/outbox-contract.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';
import { cast, stopGenServer } from '../../../src/otp/index.js';
import { finish } from '../../../src/firewall/finish.js';
import { GroupSets } from '../../../src/world/group-sets.js';
import { actorStage, shownBy } from '../../support/actors/actor-stage.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { memoryOutbox } from '../../support/actors/memory-outbox.js';
import { memoryStore } from '../../support/actors/memory-store.js';

const QUIET_MS = 50;
const INTERVAL_MS = 5000;
const RETRY_MS = 300_000;
const CONFIRMED: Outcome = { kind: 'confirmed' };
const TOO_LARGE: Outcome = { kind: 'refused', reason: 'too large', taken: 'none' };

async function publisherAlone({ unconfirmed = [] }: { readonly unconfirmed?: readonly string[] } = {}) {
  const stage = actorStage();
  const groups = ['a', 'b', 'c'].map((id) => ({ id, name: `group-${id}` }));
  const store = memoryStore({ group: groups });
  const outbox = memoryOutbox();
  const link = new BrokerLink();
  const alarms = new AlarmBook(() => 0);
  const outputs = new RulesetOutputs();
  const queue = new PublishQueue();
  const out: (readonly [string, string])[] = [];
  const gate = { paused: false };
  const guard = { open: true };
  const made = (groupId: string, text = 'rules', sets: readonly string[] = []): void => {
    const variant = { text: `${text} of ${groupId}`, hash: `${groupId}-${text}` };
    const ruleset = packRulesetSync({ set4: variant, set6: variant, unset4: variant, unset6: variant }, sets);
    outputs.set({ groupId, groupName: `group-${groupId}`, dialect: 'dog1', ruleset, compiledAt: 1, publishedAt: null });
  };
  for (const id of unconfirmed) made(id);
  const needs: IptablesPublisherNeeds = {
    slices: { run: async (work) => finish(work) },
    groupSets: new GroupSets('all', { now: () => 0 }),
    clock: stage.clock,
    config: {
      publish_quiet_ms: QUIET_MS,
      hashcheck_alert_seconds: 180,
      profile_periodic_publish_interval_seconds: INTERVAL_MS / 1000,
      broker: { refused_retry_seconds: RETRY_MS / 1000 },
    },
    outbox,
    events: { put: () => undefined },
    link,
    world: loadedWorld({ group: groups }),
    outputs,
    sets: { published: undefined },
    notes: new Notes({ store, clock: stage.clock, log: stage.log }),
    guard,
    gate,
    queue,
    alarms,
    log: stage.log,
    metrics: createMetrics(),
    convergence: {
      rulesOut: (groupId, { hash4_ipsets = '' }) => void out.push([groupId, hash4_ipsets]),
      setsOut: () => undefined,
    },
  };
  const asked = await stage.asked(IPSET_PUBLISHER);
  const pid = await stage.start(new IptablesPublisher(needs));
  const answer = async (published: readonly string[] = [], unusable: readonly string[] = []): Promise<void> => {
    asked.shift()?.from.reply({ published: new Set(published), unusable: new Set(unusable) });
    await stage.idle();
  };
  const tell = async (message: IptablesCast): Promise<void> => {
    cast(stage.system, pid, message);
    await stage.idle();
  };
  return {
    stage,
    store,
    outbox,
    link,
    alarms,
    outputs,
    queue,
    /** Groups whose hosts are to converge, and on what. */
    out,
    gate,
    guard,
    pid,
    asked,
    made,
    answer,
    tell,
    publish: async (groupId: string, force = false) => {
      await tell({ tag: 'publish', groupId, ...(force ? { force: true as const } : {}) });
    },
    settle: async (at: number, outcome: Outcome) => {
      outbox.puts[at]?.settle(outcome);
      await stage.idle();
    },
    shown: () => shownBy(stage, pid),
  };
}

/** A group's first ruleset is in the outbox. */
async function oneSent() {
  const p = await publisherAlone();
  p.made('a');
  await p.publish('a');
  await p.stage.advance(QUIET_MS);
  await p.answer();
  return p;
}

describe('the iptables publisher', () => {
  it('waits for the rest of the quiet time where the change was seen before its ruleset was made', async () => {
    const p = await publisherAlone();
    p.outputs.noteChange('a', p.stage.clock.monotonic());
    await p.stage.advance(QUIET_MS - 10);
    p.made('a');
    await p.publish('a');
    await p.stage.advance(9);
    expect(p.asked).toHaveLength(0);
    await p.stage.advance(1);
    expect(p.asked).toHaveLength(1);
  });

  it('gathers by group for a quiet time, asks for the sets once, and sends each group its own', async () => {
    const p = await publisherAlone();
    for (const id of ['a', 'b', 'a']) {
      p.made(id, 'newest');
      await p.publish(id);
    }
    await p.stage.advance(QUIET_MS - 1);
    expect(p.asked).toHaveLength(0);
    await p.stage.advance(1);
    expect([p.asked.length, p.outbox.targets()]).toEqual([1, []]);
    await p.answer();
    expect(p.outbox.puts.map(({ put }) => [put.target, put.class, put.publication.routingKey])).toEqual([
      ['group/a', 'group', '*.*.group-a.*'],
      ['group/b', 'group', '*.*.group-b.*'],
    ]);
    expect(p.shown()).toEqual({ waiting: 0, under_way: 2, held: {} });
  });

  it('sends a group at most once per interval, and holds up no other for it', async () => {
    const p = await oneSent();
    p.made('a', 'second');
    p.made('b');
    await p.publish('a');
    await p.publish('b');
    await p.stage.advance(QUIET_MS);
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a', 'group/b']);
    await p.stage.advance(INTERVAL_MS);
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a', 'group/b', 'group/a']);
  });

  it('takes what is confirmed for published, and tells the store: row, hashes and all', async () => {
    const p = await oneSent();
    expect(p.outputs.get('a')?.publishedAt).toBeNull();
    expect(p.store.commits).toEqual([]);
    await p.settle(0, CONFIRMED);
    const now = Math.floor(p.stage.clock.now() / 1000);
    expect(p.outputs.get('a')?.publishedAt).toBe(now);
    expect(p.store.doc('ruleset_output', 'a')).toMatchObject({ published_at: now });
    expect(p.store.doc('group', 'a')).toMatchObject({ hash4_ipsets: 'a-rules', hash6_iptables: 'a-rules' });
    expect(p.shown()).toMatchObject({ under_way: 0 });
    expect(p.out).toEqual([['a', 'a-rules']]);
  });

  it('lets who looks on see what it has gathered, since when, and why it waits', async () => {
    const p = await publisherAlone();
    p.made('a');
    p.made('b', 'rules', ['web_gv4']);
    await p.publish('a');
    const began = p.stage.clock.monotonic();
    await p.stage.advance(QUIET_MS - 1);
    await p.publish('b');
    const { waiting, held, room } = p.queue.rules ?? {};
    expect([...(waiting ?? [])].map(([id, { since }]) => [id, since - began])).toEqual([
      ['a', 0],
      ['b', QUIET_MS - 1],
    ]);
    expect([held?.size, room?.has('a')]).toEqual([0, true]);
    await p.stage.advance(1);
    await p.answer();
    expect([...(waiting?.keys() ?? [])]).toEqual(['b']);
    await p.stage.advance(QUIET_MS);
    await p.answer();
    expect([...(held ?? [])]).toEqual([['b', 'waits for the sets web_gv4']]);
  });

  it('does not send what is confirmed, unless it is to be sent again', async () => {
    const p = await oneSent();
    await p.settle(0, CONFIRMED);
    await p.publish('a');
    await p.stage.advance(INTERVAL_MS);
    await p.answer();
    expect(p.outbox.puts).toHaveLength(1);
    await p.publish('a', true);
    await p.stage.advance(INTERVAL_MS);
    await p.answer();
    expect(p.outbox.puts).toHaveLength(2);
    await p.settle(1, CONFIRMED);
    // Its hosts have it already.
    expect(p.out).toHaveLength(1);
  });

  it('holds a ruleset whose sets are not there, says why, and sends it when they are', async () => {
    const p = await publisherAlone();
    p.made('a', 'rules', ['office_zv4', 'web_gv4']);
    p.made('b', 'rules', ['web_gv4']);
    await p.publish('a');
    await p.publish('b');
    await p.stage.advance(QUIET_MS);
    await p.answer(['office_zv4', 'web_gv4'], ['office_zv4']);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([
      ['group/b'],
      { waiting: 1, held: { a: 'waits for the sets office_zv4' } },
    ]);
    await p.stage.advance(INTERVAL_MS);
    expect(p.asked).toHaveLength(0);
    await p.tell({ tag: 'resume' });
    await p.stage.advance(QUIET_MS);
    await p.answer(['office_zv4', 'web_gv4']);
    expect([p.outbox.targets(), p.shown()]).toMatchObject([['group/b', 'group/a'], { waiting: 0, held: {} }]);
  });

  it('holds all while publishing is paused or no agent is heard, asks for nothing, and resumes', async () => {
    const p = await publisherAlone();
    p.gate.paused = true;
    p.made('a');
    await p.publish('a');
    await p.stage.advance(QUIET_MS);
    expect([p.asked.length, p.shown()]).toMatchObject([0, { held: { a: 'publishing is paused' } }]);
    p.guard.open = false;
    await p.tell({ tag: 'resume' });
    await p.stage.advance(QUIET_MS);
    expect([p.asked.length, p.shown()]).toMatchObject([0, { held: { a: 'no agent is heard' } }]);
    p.guard.open = true;
    p.gate.paused = false;
    await p.tell({ tag: 'resume' });
    await p.stage.advance(QUIET_MS);
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a']);
  });

  it('forgets a group that is gone, its alarm too', async () => {
    const p = await publisherAlone();
    p.alarms.set(refusedAlarm('group/a'), 'refused');
    p.made('a');
    await p.publish('a');
    await p.tell({ tag: 'forget', groupId: 'a' });
    await p.stage.advance(INTERVAL_MS);
    expect([p.outbox.targets(), p.asked.length, p.alarms.list()]).toEqual([[], 0, []]);
  });

  it('finds what its predecessor had gathered: whatever was never confirmed', async () => {
    const p = await publisherAlone({ unconfirmed: ['a', 'c'] });
    await p.stage.advance(QUIET_MS);
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a', 'group/c']);
  });

  it('waits for an ipset publisher that does not answer, which it says once', async () => {
    const p = await publisherAlone();
    p.made('a');
    await p.publish('a');
    await p.stage.advance(30_000);
    expect(p.asked.length).toBeGreaterThan(1);
    expect(p.stage.warnings()).toEqual(['the ipset publisher does not answer; rulesets wait for it']);
    while (p.asked.length > 1) p.asked.shift();
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a']);
  });

  it('tries slowly what the broker found too large, if it is still what is wanted', async () => {
    const p = await oneSent();
    await p.settle(0, TOO_LARGE);
    expect(p.outputs.get('a')?.publishedAt).toBeNull();
    await p.stage.advance(RETRY_MS - 1);
    expect(p.asked).toHaveLength(0);
    await p.stage.advance(1 + QUIET_MS);
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a', 'group/a']);
    await p.settle(1, TOO_LARGE);
    // Another one takes its place meanwhile.
    p.made('a', 'smaller');
    await p.stage.advance(RETRY_MS + QUIET_MS);
    expect(p.asked).toHaveLength(0);
  });

  it('tries it at once over a new connection', async () => {
    const p = await oneSent();
    await p.settle(0, TOO_LARGE);
    await p.stage.advance(INTERVAL_MS);
    p.link.up({} as BrokerConnection);
    await p.stage.advance(QUIET_MS);
    await p.answer();
    expect(p.outbox.targets()).toEqual(['group/a', 'group/a']);
    await p.stage.advance(RETRY_MS);
    expect(p.asked).toHaveLength(0);
  });

  it('counts as sent what a single queue refused, and sends again what the outbox had no room for', async () => {
    const p = await oneSent();
    await p.settle(0, { kind: 'dropped', reason: 'full' });
    expect(p.stage.warnings()).toEqual(['a ruleset was not sent']);
    await p.stage.advance(INTERVAL_MS);
    await p.answer();
    expect(p.outbox.puts).toHaveLength(2);
    await p.settle(1, { kind: 'refused', reason: 'nack', taken: 'some' });
    expect(p.outputs.get('a')?.publishedAt).not.toBeNull();
  });

  it('sends what it had gathered as its last words', async () => {
    const p = await publisherAlone();
    p.made('a');
    await p.publish('a');
    const stopped = stopGenServer(p.stage.system, p.pid);
    await p.stage.idle();
    await p.answer();
    await p.stage.run(stopped);
    expect(p.outbox.targets()).toEqual(['group/a']);
  });
});
