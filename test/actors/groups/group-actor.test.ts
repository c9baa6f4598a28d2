import { describe, expect, it } from 'vitest';
import type { ServerEvent } from '../../../src/events/server-event.js';
import type { Alert } from '../../../src/alerts/alert.js';
import { GroupActor, type GroupActorNeeds } from '../../../src/actors/groups/group-actor.js';
import type { GroupCast } from '../../../src/actors/groups/group-messages.js';
import { outputToDoc, RulesetOutputs, type RulesetOutput } from '../../../src/actors/groups/ruleset-outputs.js';
import { IPTABLES_PUBLISHER } from '../../../src/actors/publishing/publisher-messages.js';
import { Notes } from '../../../src/actors/store/notes.js';
import { finish } from '../../../src/firewall/finish.js';
import type { CompiledGroup } from '../../../src/firewall/policy/compile-group.js';
import { createMetrics } from '../../../src/metrics/create-metrics.js';
import type { Document } from '../../../src/model/document.js';
import { packRulesetSync } from '../../../src/model/stored-ruleset.js';
import { cast } from '../../../src/otp/index.js';
import { StoreError } from '../../../src/store/store.js';
import { GroupSets } from '../../../src/world/group-sets.js';
import { actorStage, shownBy, type ActorStage } from '../../support/actors/actor-stage.js';
import { loadedWorld } from '../../support/actors/loaded-world.js';
import { memoryStore, type MemoryStore } from '../../support/actors/memory-store.js';

const WEB = { id: 'g1', name: 'web', profile_id: 'p1' };
const PUBLISH = { tag: 'publish', groupId: 'g1' };
const MISSING: CompiledGroup = { ok: false, error: { reason: 'profile_not_found', message: 'no such profile' } };

type Compiled = CompiledGroup & { readonly ok: true };

/** What comes out of compiling rules called `name`; their hashes are `<name>-set4` and so on. */
function rules(name: string): Compiled {
  const text = (variant: string) => ({ text: `${variant} of ${name}`, hash: `${name}-${variant}` });
  const texts = { set4: text('set4'), set6: text('set6'), unset4: text('unset4'), unset6: text('unset6') };
  return { ok: true, sets: [], warnings: [], ...texts };
}

function hashes(name: string) {
  return {
    hash4_ipsets: `${name}-set4`,
    hash6_ipsets: `${name}-set6`,
    hash4_iptables: `${name}-unset4`,
    hash6_iptables: `${name}-unset6`,
  };
}

function outputOf(name: string, publishedAt: number | null): RulesetOutput {
  const { sets, ...texts } = rules(name);
  const ruleset = packRulesetSync(texts, sets);
  return { groupId: 'g1', groupName: 'web', dialect: 'dog1', ruleset, compiledAt: 1, publishedAt };
}

/** At once, in place of another thread: nothing here waits for real time. */
function outputsAtOnce(): RulesetOutputs {
  const outputs = new RulesetOutputs();
  const { rulesets } = outputs;
  rulesets.pack = (compiled) => Promise.resolve(rulesets.intern(packRulesetSync(compiled, compiled.sets)));
  return outputs;
}

interface Options {
  readonly group?: Document;
  readonly hosts?: readonly Document[];
  readonly store?: MemoryStore;
  readonly outputs?: RulesetOutputs;
  readonly stage?: ActorStage;
}

async function groupAlone(options: Options = {}) {
  const { group = WEB, stage = actorStage(), outputs = outputsAtOnce() } = options;
  const store = options.store ?? memoryStore({ group: [group] });
  const world = loadedWorld({ group: [group], ...(options.hosts === undefined ? {} : { host: options.hosts }) });
  let compiled: CompiledGroup = rules('first');
  let compiles = 0;
  const config = {
    compile_alert_enabled: true,
    generate_unset_tables: true,
    check_v6_hashes: true,
    repair: true,
    takeover_wait_seconds: 120,
    publish_quiet_ms: 50,
  };
  const alerts: Alert[] = [];
  const events: ServerEvent[] = [];
  const needs: GroupActorNeeds = {
    groupSets: new GroupSets('all', { now: () => 0 }),
    alerts: {
      tell: (alert) => {
        alerts.push(alert);
        return [];
      },
    },
    events: { put: (event) => void events.push(event) },
    clock: stage.clock,
    config,
    dialect: 'dog1',
    store,
    world,
    compiles: {
      *compile() {
        yield;
        compiles += 1;
        return compiled;
      },
    },
    slices: { run: (work) => Promise.resolve(finish(work)) },
    loads: { run: (work) => work() },
    rollers: { send: () => true },
    outputs,
    notes: new Notes({ store, clock: stage.clock, log: stage.log }),
    sets: { published: undefined, untaken: new Set() },
    gate: { paused: false },
    guard: { open: true },
    log: stage.log,
    metrics: createMetrics(),
  };
  const again = options.stage !== undefined;
  const published = again ? [] : await stage.hear(IPTABLES_PUBLISHER);
  const pid = await stage.start(new GroupActor(needs, 'g1'));
  let changes = 0;
  return {
    stage,
    store,
    world,
    outputs,
    published,
    alerts,
    events,
    pid,
    compiles: () => compiles,
    row: () => store.doc('ruleset_output', 'g1'),
    tell: async (message: GroupCast) => {
      cast(stage.system, pid, message);
      await stage.idle();
    },
    /** Policy changed, and this is what comes out now. */
    edited: async (next: CompiledGroup) => {
      compiled = next;
      changes += 1;
      world.apply('service', [{ id: 's', after: { id: 's', name: `s${changes}` } }]);
      cast(stage.system, pid, { tag: 'recompile' });
      await stage.idle();
    },
    /** The broker has it. */
    confirm: () => {
      const output = outputs.get('g1');
      if (output !== undefined) outputs.set({ ...output, publishedAt: 2 });
    },
  };
}

describe('a group', () => {
  it('compiles, keeps what came out, and only then tells the publisher', async () => {
    const { tell, row, published, store, compiles } = await groupAlone();
    await tell({ tag: 'recompile' });
    expect(row()).toMatchObject({ group_name: 'web', texts: outputOf('first', null).ruleset.id, published_at: null });
    expect(store.rows('ruleset_text')).toHaveLength(1);
    expect(published).toEqual([PUBLISH]);
    // Other messages about the same change of the world.
    await tell({ tag: 'recompile' });
    await tell({ tag: 'recompile' });
    expect([compiles(), published.length]).toEqual([1, 1]);
  });

  it('waits for a store that is away, and nothing is published before it was stored', async () => {
    const { stage, store, tell, published, row } = await groupAlone();
    store.failure = new StoreError('unavailable', 'away');
    await tell({ tag: 'recompile' });
    await stage.advance(60_000);
    expect([published, row()]).toEqual([[], undefined]);
    expect(stage.warnings()).toEqual(['the store did not do it; trying again until it does']);
    store.failure = undefined;
    await stage.advance(10_000);
    expect([published, row()?.group_name]).toEqual([[PUBLISH], 'web']);
  });

  it('ends there when the bytes are the same, unless they were never confirmed', async () => {
    const { tell, edited, confirm, published, store, compiles } = await groupAlone();
    await tell({ tag: 'recompile' });
    await edited(rules('first'));
    expect(published).toEqual([PUBLISH, PUBLISH]);
    confirm();
    const commits = store.commits.length;
    await edited(rules('first'));
    expect(compiles()).toBe(3);
    expect([published.length, store.commits.length - commits]).toEqual([2, 1]);
    // That one puts the hashes of what is confirmed into the group's row.
    expect(store.doc('group', 'g1')).toMatchObject(hashes('first'));
  });

  it('publishes an edit', async () => {
    const { tell, edited, confirm, published, row } = await groupAlone();
    await tell({ tag: 'recompile' });
    confirm();
    await edited(rules('second'));
    expect(published).toEqual([PUBLISH, PUBLISH]);
    expect(row()).toMatchObject({ texts: outputOf('second', null).ruleset.id, published_at: null });
  });

  it('keeps its last good ruleset when its policy does not compile, shows why, and tells people once', async () => {
    const { stage, tell, edited, published, row, outputs, alerts, events, pid } = await groupAlone();
    await tell({ tag: 'recompile' });
    const good = outputs.get('g1');
    await edited(MISSING);
    await edited(MISSING);
    expect(outputs.get('g1')).toBe(good);
    expect(row()).toMatchObject({ texts: good?.ruleset.id, error: { message: 'no such profile' } });
    expect(published).toEqual([PUBLISH]);
    expect(alerts).toMatchObject([{ kind: 'compile_fail', detail: 'no such profile' }]);
    expect(events).toEqual([{ kind: 'compile_failed', group_id: 'g1', group: 'web', reason: 'no such profile' }]);
    expect(stage.warnings()).toEqual([
      'the group cannot be compiled; its hosts keep the last good ruleset until the policy is mended',
    ]);
    expect(shownBy(stage, pid)).toMatchObject({ group: 'web', error: { reason: 'profile_not_found' } });
  });

  it('says that it compiles again, though the bytes are those from before', async () => {
    const { stage, tell, edited, confirm, published, row, outputs, events } = await groupAlone();
    await tell({ tag: 'recompile' });
    confirm();
    await edited(MISSING);
    await edited(rules('first'));
    expect(row()).toMatchObject({ error: null, error_at: null });
    expect(outputs.failures.size).toBe(0);
    expect(stage.lines.map(({ text }) => text)).toContain('the group compiles again');
    expect(events.at(-1)).toEqual({ kind: 'compile_recovered', group_id: 'g1', group: 'web' });
    expect(published).toEqual([PUBLISH]);
  });

  it('tells a failure from before a restart once more in the log, and mails it no second time', async () => {
    const row = outputToDoc('g1', 'web', undefined, { error: MISSING.ok ? {} : { ...MISSING.error }, at: 5 });
    const { stage, edited, alerts, outputs } = await groupAlone({
      store: memoryStore({ group: [WEB], ruleset_output: [row] }),
    });
    expect(outputs.failures.get('g1')?.at).toBe(5);
    await edited(MISSING);
    await edited(MISSING);
    expect(alerts).toEqual([]);
    expect(stage.warnings()).toEqual([
      'the group still cannot be compiled; its hosts keep the last good ruleset until the policy is mended',
    ]);
  });

  it('without a profile is not finished, which nobody is told', async () => {
    const { stage, edited, alerts, row } = await groupAlone({ group: { id: 'g1', name: 'web' } });
    await edited(MISSING);
    expect([stage.warnings(), alerts]).toEqual([[], []]);
    expect(row()).toMatchObject({ error: { reason: 'profile_not_found' } });
  });

  it('is published again on request, changed or not', async () => {
    const { tell, confirm, published } = await groupAlone();
    await tell({ tag: 'recompile' });
    confirm();
    await tell({ tag: 'republish' });
    expect(published.slice(1)).toEqual([{ ...PUBLISH, force: true }]);
  });

  it('goes with its row, and the publisher forgets it', async () => {
    const { stage, tell, published, row, outputs, pid } = await groupAlone();
    await tell({ tag: 'recompile' });
    await tell({ tag: 'removed' });
    expect([row(), outputs.get('g1')]).toEqual([undefined, undefined]);
    expect(published.slice(1)).toEqual([{ tag: 'forget', groupId: 'g1' }]);
    expect(stage.system.isAlive(pid)).toBe(false);
    expect(stage.reports).toEqual([]);
  });

  it('puts back hashes that somebody has written over, once they are confirmed', async () => {
    const { tell, confirm, world, store } = await groupAlone();
    await tell({ tag: 'recompile' });
    world.apply('group', [{ id: 'g1', after: { ...WEB, hash4_ipsets: 'nonsense' } }]);
    await tell({ tag: 'check_hashes' });
    expect(store.doc('group', 'g1')?.hash4_ipsets).toBeUndefined();
    confirm();
    await tell({ tag: 'check_hashes' });
    expect(store.doc('group', 'g1')).toMatchObject(hashes('first'));
    const commits = store.commits.length;
    world.apply('group', [{ id: 'g1', after: { ...WEB, ...hashes('first') } }]);
    await tell({ tag: 'check_hashes' });
    expect(store.commits.length).toBe(commits);
  });

  it('finds what the store has of it, and sends nothing that was confirmed', async () => {
    const output = outputOf('first', 7);
    const group = { ...WEB, ...hashes('first') };
    const store = memoryStore({
      group: [group],
      ruleset_output: [outputToDoc('g1', 'web', output, undefined)],
      ruleset_text: [output.ruleset.doc],
    });
    const { tell, published, outputs } = await groupAlone({ store, group });
    expect(outputs.get('g1')).toMatchObject({ publishedAt: 7, compiledAt: 1 });
    await tell({ tag: 'recompile' });
    // It is the group's first revision, since none is stored; nothing else is written.
    expect(published).toEqual([{ tag: 'loaded', groupId: 'g1' }]);
    expect(store.commits.flat().map(({ table }) => table)).toEqual(['revision', 'revision']);
  });

  it('sends what the store has and no broker confirmed, though its policy does not compile any more', async () => {
    const output = outputOf('first', null);
    const failed = { error: MISSING.ok ? {} : { ...MISSING.error }, at: 5 };
    const store = memoryStore({
      group: [WEB],
      ruleset_output: [outputToDoc('g1', 'web', output, failed)],
      ruleset_text: [output.ruleset.doc],
    });
    const { edited, published, outputs } = await groupAlone({ store });
    await edited(MISSING);
    expect(published).toEqual([PUBLISH]);
    expect(outputs.get('g1')?.ruleset.id).toBe(output.ruleset.id);
    await edited(MISSING);
    expect(published).toEqual([PUBLISH]);
  });

  describe('taken over from another server', () => {
    const host = (reported: object): Document => ({
      id: 'h',
      hostkey: 'key',
      group: 'web',
      active: 'active',
      ...reported,
    });

    it('adopts what the stored hashes say hosts have', async () => {
      const { tell, published, outputs } = await groupAlone({ group: { ...WEB, ...hashes('first') } });
      await tell({ tag: 'recompile' });
      expect(published).toEqual([]);
      expect(outputs.get('g1')?.publishedAt).not.toBeNull();
    });

    it('waits for hosts to say what they run, and sends nothing when they run ours', async () => {
      const silent = host({});
      const { stage, tell, published, outputs, world } = await groupAlone({
        group: { ...WEB, ...hashes('other spelling') },
        hosts: [silent],
      });
      await tell({ tag: 'recompile' });
      await stage.advance(60_000);
      expect([published, outputs.get('g1'), [...outputs.awaited]]).toEqual([[], undefined, ['g1']]);
      world.apply('host', [{ id: 'h', after: { ...silent, ...hashes('first') } }]);
      await stage.advance(500);
      expect(outputs.get('g1')?.publishedAt).not.toBeNull();
      expect([published, outputs.awaited.size]).toEqual([[], 0]);
      expect(stage.lines.map(({ text }) => text)).toContain('taken over: hosts already hold our text, nothing is sent');
    });

    it('publishes after two minutes in which no host says that it runs ours', async () => {
      const { stage, tell, published } = await groupAlone({
        group: { ...WEB, ...hashes('other spelling') },
        hosts: [host({})],
      });
      await tell({ tag: 'recompile' });
      await stage.advance(119_000);
      expect(published).toEqual([]);
      await stage.advance(2000);
      expect(published).toEqual([PUBLISH]);
    });
  });
});
