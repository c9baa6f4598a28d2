import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.js';
import type { ActorEvent } from '../../../src/events/actor-event.js';
import { ActorRefusal, type ActorAction } from '../../../src/operations/actors/actor-order.js';
import { actorsPort } from '../../../src/operations/actors/actors-port.js';
import { MOST_TRACES, TooManyTraces, TraceRoom } from '../../../src/operations/actors/trace-room.js';
import { listActors, viewActors } from '../../../src/operations/actors/view-actors.js';
import {
  cast,
  crash,
  findActor,
  startDynamicChild,
  startGenServer,
  startSupervisor,
  supervisorSpec,
  workerSpec,
  type ChildSpec,
  type GenServer,
  type Message,
  type Pid,
} from '../../../src/otp/index.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';
import type { Change } from '../../../src/store/store.js';
import { StoreError } from '../../../src/store/store.js';
import { started } from '../../support/supervision.js';

const START = Date.UTC(2026, 0, 1);

interface Work extends Message {
  readonly tag: 'work' | 'fail';
}

/** Fails on `fail`; shows its secret to nobody. */
function worker(): GenServer<never, unknown, Work> {
  return {
    handleCast(_self, { tag }) {
      if (tag === 'fail') throw new Error('on purpose');
    },
    describe: () => ({ work: 'done' }),
    formatStatus: () => ({ password: 'swordfish', url: 'amqp://dog:swordfish@mq', work: 'done' }),
  };
}

/** dog_trainer (rest_for_one): broker, http_sup with api, hosts_sup of `hosts` hosts. */
async function treeOf(hosts: number) {
  const v = virtualSystem(START);
  const host: ChildSpec<readonly [string]> = {
    id: 'host',
    restart: 'temporary',
    start: ({ system, parent }, key) => startGenServer(system, worker(), { parent, label: `host:${key}` }),
  };
  const flags = { strategy: 'rest_for_one', intensity: 5, periodS: 10 } as const;
  const many = { strategy: 'simple_one_for_one', intensity: 1, periodS: 5 } as const;
  const http = supervisorSpec('http_sup', { strategy: 'one_for_one', intensity: 5, periodS: 60 }, () => [
    workerSpec('api', worker),
  ]);
  const children = [workerSpec('broker', worker), http, supervisorSpec('hosts_sup', many, () => [host])];
  const root = started(await v.run(startSupervisor(v.system, () => ({ flags, children }), { label: 'dog_trainer' })));
  for (let n = 0; n < hosts; n += 1) await v.run(startDynamicChild(v.system, 'hosts_sup', [String(n)]));
  const names = new Map([
    ['host:0', 'zebra'],
    ['host:1', 'apple'],
    ['host:2', 'mango'],
  ]);
  const events: ActorEvent[] = [];
  const commits: (readonly Change[])[] = [];
  const authors: string[] = [];
  const store = { refuses: false };
  const needs = {
    system: v.system,
    traces: new TraceRoom(),
    nameOf: (id: string) => names.get(id),
    config: loadConfig({}).config,
    actorEvents: { put: (event: ActorEvent) => void events.push(event) },
    log: { warn: () => undefined, error: () => undefined },
    store: {
      commit: async (changes: readonly Change[], { author }: { author: string }) => {
        if (store.refuses) throw new StoreError('unavailable', 'it is away');
        commits.push(changes);
        authors.push(author);
        return { ok: true, stored: [] } as const;
      },
    },
  };
  const port = actorsPort(needs, () => root);
  const act = (path: string, action: ActorAction, ...confirm: string[]) =>
    v.run(port.control(path, action, { author: 'anna', confirm }).catch((error: unknown) => error as Error));
  const at = (path: string) => findActor(v.system, root, path) as Pid;
  const view = (path: string) => viewActors(needs, root, { path });
  return { v, root, needs, port, act, at, view, events, commits, authors, store };
}

describe('viewActors', () => {
  it('gives names, times in seconds and, for older clients, the keys of before', async () => {
    const { v, root, needs } = await treeOf(1);
    await v.advance(2500);
    const node = viewActors(needs, root, { path: 'dog_trainer/hosts_sup' });
    expect(node).toMatchObject({
      path: 'dog_trainer/hosts_sup',
      type: 'supervisor',
      supervisor: { total: 1, offset: 0, period_seconds: 5, restarts_used: 0, periodS: 5, restartsUsed: 0 },
    });
    expect(node?.children?.[0]).toMatchObject({
      path: 'dog_trainer/hosts_sup/host:0',
      name: 'zebra',
      state: 'waiting',
      started_at: START / 1000,
      startedAt: START,
      age_seconds: 2,
      ageMs: 2500,
      busy_ms: 0,
      last_crash: null,
      detail: { work: 'done' },
    });
  });

  it('pages, sorts and stops at a depth', async () => {
    const { v, at, needs, root } = await treeOf(5);
    for (const [key, count] of [
      ['3', 3],
      ['1', 1],
    ] as const)
      for (let n = 0; n < count; n += 1) cast(v.system, at(`dog_trainer/hosts_sup/host:${key}`), { tag: 'work' });
    await v.idle();
    const ids = (request: object) =>
      viewActors(needs, root, { path: 'dog_trainer/hosts_sup', ...request })?.children?.map(({ id }) => id.slice(5));
    expect(ids({})).toEqual(['0', '1', '2', '3', '4']);
    expect(ids({ offset: 1, limit: 2 })).toEqual(['1', '2']);
    expect(ids({ sort: 'messages' })).toEqual(['3', '1', '0', '2', '4']);
    expect(ids({ sort: 'messages', offset: 1, limit: 1 })).toEqual(['1']);
    // Those without a name stand with their ids.
    expect(ids({ sort: 'name' })).toEqual(['1', '3', '4', '2', '0']);
    expect(viewActors(needs, root, { depth: 0 })?.children).toBeUndefined();
    expect(viewActors(needs, root, { depth: 1 })?.children?.map(({ children }) => children)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(viewActors(needs, root, { path: 'dog_trainer/nobody' })).toBeUndefined();
  });

  it('lists the actors of all supervisors side by side', async () => {
    const { v, at, needs, root } = await treeOf(3);
    cast(v.system, at('dog_trainer/hosts_sup/host:2'), { tag: 'work' });
    cast(v.system, at('dog_trainer/broker'), { tag: 'work' });
    cast(v.system, at('dog_trainer/broker'), { tag: 'work' });
    await v.idle();
    const page = listActors(needs, root, { sort: 'name', limit: 2 });
    expect(page).toMatchObject({ total: 8, offset: 0, limit: 2, sort: 'name' });
    expect(page?.actors.map(({ id, children }) => [id, children])).toEqual([
      ['api', undefined],
      ['host:1', undefined],
    ]);
    const busiest = listActors(needs, root, { sort: 'messages', path: 'dog_trainer', offset: 0 });
    expect(
      busiest?.actors
        .filter(({ type }) => type === 'worker')
        .map(({ id }) => id)
        .slice(0, 2),
    ).toEqual(['broker', 'host:2']);
  });

  it('shows a crash whole for the actor that is asked for: message, hidden secrets, mailbox, ancestors', async () => {
    const { v, at, view, port } = await treeOf(1);
    const broker = at('dog_trainer/broker');
    cast(v.system, broker, { tag: 'fail' });
    cast(v.system, broker, { tag: 'work' });
    cast(v.system, broker, { tag: 'work' });
    await v.idle();
    const crashed = view('dog_trainer/broker')?.last_crash;
    expect(crashed).toMatchObject({
      at: START / 1000,
      reason: expect.stringContaining('on purpose') as string,
      report: {
        last_message: 'fail',
        state: { password: '(secret)', url: 'amqp://dog:***@mq' },
        mailbox: { length: 2, kinds: { work: 2 } },
        ancestors: ['dog_trainer'],
      },
    });
    const [inTree] = view('dog_trainer')?.children ?? [];
    expect(inTree).toMatchObject({
      restarts: 1,
      last_crash: { reason: expect.stringContaining('on purpose') as string },
    });
    expect(port.status('dog_trainer/broker')).toMatchObject({
      actor: { path: 'dog_trainer/broker', restarts: 1 },
      running: { state: { password: '(secret)', work: 'done' }, mailbox: { length: 0 }, ancestors: ['dog_trainer'] },
    });
  });
});

describe('what an operator does to an actor', () => {
  it('suspends it until it is resumed, or its time is over', async () => {
    const { v, at, act, view, commits, authors } = await treeOf(1);
    const host = 'dog_trainer/hosts_sup/host:0';
    expect(await act(host, 'suspend')).toEqual({
      path: host,
      action: 'suspend',
      with: [],
      audited: true,
      resumes_at: START / 1000 + 900,
    });
    expect(authors).toEqual(['anna']);
    expect(commits[0]).toMatchObject([{ op: 'upsert', table: 'setting', id: 'actor_operation' }]);
    cast(v.system, at(host), { tag: 'work' });
    await v.idle();
    expect(view(host)).toMatchObject({
      state: 'suspended',
      mailbox: 1,
      suspended: { since: START / 1000, resumes_at: START / 1000 + 900 },
    });
    await act(host, 'resume');
    await v.idle();
    expect(view(host)).toMatchObject({ state: 'waiting', mailbox: 0, handled: 1 });
    await act(host, 'suspend');
    cast(v.system, at(host), { tag: 'work' });
    await v.advance(899_000);
    expect(view(host)?.state).toBe('suspended');
    await v.advance(2000);
    expect(view(host)).toMatchObject({ state: 'waiting', mailbox: 0 });
    expect(view(host)?.suspended).toBeUndefined();
  });

  it('takes down what rests on an actor only when just that is confirmed', async () => {
    const { act, at } = await treeOf(1);
    const before = [at('dog_trainer/broker'), at('dog_trainer/hosts_sup')];
    for (const action of ['suspend', 'restart', 'terminate'] as const) {
      for (const confirm of [[], ['http_sup'], ['http_sup', 'hosts_sup', 'broker']]) {
        const refusal = (await act('dog_trainer/broker', action, ...confirm)) as ActorRefusal;
        expect(refusal).toBeInstanceOf(ActorRefusal);
        expect(refusal.confirm).toEqual(['http_sup', 'hosts_sup']);
        expect(refusal.message).toContain('the answer to this may not arrive');
      }
    }
    expect([at('dog_trainer/broker'), at('dog_trainer/hosts_sup')]).toEqual(before);
    expect(await act('dog_trainer/broker', 'restart', 'hosts_sup', 'http_sup')).toMatchObject({
      with: ['http_sup', 'hosts_sup'],
    });
    expect(at('dog_trainer/broker')).not.toEqual(before[0]);
    expect(at('dog_trainer/hosts_sup')).not.toEqual(before[1]);
  });

  it('stops one and starts it again; a host is started by its next message', async () => {
    const { act, view, events } = await treeOf(1);
    await act('dog_trainer/hosts_sup', 'terminate');
    expect(view('dog_trainer/hosts_sup')).toMatchObject({ state: 'stopped', pid: null });
    expect(events).toEqual([{ kind: 'stopped', path: 'dog_trainer/hosts_sup', reason: 'stopped by anna' }]);
    expect(await act('dog_trainer/hosts_sup', 'suspend')).toMatchObject({
      message: 'dog_trainer/hosts_sup does not run',
    });
    await act('dog_trainer/hosts_sup', 'start');
    expect(view('dog_trainer/hosts_sup')).toMatchObject({ state: 'waiting' });
    expect(await act('dog_trainer/hosts_sup', 'start')).toMatchObject({
      message: 'dog_trainer/hosts_sup is running already',
    });
  });

  it('ends a host that is to be restarted', async () => {
    const { act, view } = await treeOf(1);
    expect(await act('dog_trainer/hosts_sup/host:0', 'restart')).toMatchObject({ action: 'restart' });
    expect(view('dog_trainer/hosts_sup/host:0')).toBeUndefined();
  });

  it.each([
    ['dog_trainer', 'restart', 'top of the tree'],
    ['dog_trainer/http_sup/api', 'terminate', 'nothing could be asked to start it again'],
    ['dog_trainer/hosts_sup', 'suspend', 'is a supervisor'],
  ] as const)('refuses: %s, %s', async (path, action, why) => {
    const { act } = await treeOf(0);
    const refusal = (await act(path, action)) as ActorRefusal;
    expect(refusal).toBeInstanceOf(ActorRefusal);
    expect(refusal.message).toContain(why);
  });

  it('says that the answer may not arrive before it restarts who answers', async () => {
    const { act, at } = await treeOf(0);
    const before = at('dog_trainer/http_sup/api');
    const refusal = (await act('dog_trainer/http_sup/api', 'restart')) as ActorRefusal;
    expect([refusal.confirm, refusal.message]).toEqual([['api'], expect.stringContaining('may not arrive')]);
    await act('dog_trainer/http_sup/api', 'restart', 'api');
    expect(at('dog_trainer/http_sup/api')).not.toEqual(before);
  });

  it('is done also where the store can not write it down, and says so', async () => {
    const { act, store, view } = await treeOf(1);
    store.refuses = true;
    expect(await act('dog_trainer/hosts_sup/host:0', 'suspend')).toMatchObject({ audited: false });
    expect(view('dog_trainer/hosts_sup/host:0')?.state).toBe('suspended');
  });

  it('knows no path that is not there', async () => {
    const { act, port, root, v } = await treeOf(0);
    expect(await act('dog_trainer/nobody', 'restart')).toBeUndefined();
    expect(port.status('dog_trainer/nobody')).toBeUndefined();
    expect(port.trace('dog_trainer/nobody', () => undefined)).toBeUndefined();
    crash(v.system, root, 'gone');
    await v.idle();
    expect(await act('dog_trainer/broker', 'suspend')).toBeUndefined();
  });

  it('are traced four at a time, and a trace that is over leaves its place once', async () => {
    const { port } = await treeOf(1);
    const trace = () => port.trace('dog_trainer/hosts_sup/host:0', () => undefined);
    const open = Array.from({ length: MOST_TRACES }, trace);
    expect(trace).toThrow(TooManyTraces);
    // What is not there takes no place.
    expect(port.trace('dog_trainer/nobody', () => undefined)).toBeUndefined();
    open[0]?.();
    open[0]?.();
    expect(trace()).toBeDefined();
    expect(trace).toThrow(`${MOST_TRACES} actors are being traced already`);
  });
});
