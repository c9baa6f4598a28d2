import { describe, expect, it } from 'vitest';
import {
  cast,
  crash,
  findActor,
  startDynamicChild,
  startGenServer,
  startSupervisor,
  terminateChild,
  tree,
} from '../../../src/otp/index.js';
import type { ActorNode, ChildSpec, Pid, GenServer } from '../../../src/otp/index.js';
import { started } from '../../support/supervision.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';

const START = Date.UTC(2026, 0, 1);

const broker: GenServer<never, unknown, 'work' | 'stick'> = {
  handleCast: (_self, what) => (what === 'stick' ? new Promise<void>(() => undefined) : undefined),
  describe: () => ({ state: 'down', since: 5 }),
};

/** dog (rest_for_one) with a broker, a hosts_sup of `hosts` dynamic hosts, and a worker that describes itself badly. */
async function bench(hosts: number) {
  const v = virtualSystem(START);
  const host: ChildSpec<readonly [string]> = {
    id: 'host',
    restart: 'temporary',
    start: ({ system, parent }, key) => startGenServer(system, {}, { parent, label: `host:${key}` }),
  };
  const children: ChildSpec[] = [
    { id: 'broker', start: ({ system, parent }) => startGenServer(system, { ...broker }, { parent, name: 'broker' }) },
    {
      id: 'hosts_sup',
      type: 'supervisor',
      start: ({ system, parent }) =>
        startSupervisor(system, () => ({ flags: { strategy: 'simple_one_for_one' }, children: [host] }), {
          parent,
          name: 'hosts_sup',
        }),
    },
    {
      id: 'odd',
      start: ({ system, parent }) =>
        startGenServer(
          system,
          {
            describe: () => {
              throw new Error('no words');
            },
          },
          { parent },
        ),
    },
  ];
  const flags = { strategy: 'rest_for_one', intensity: 5, periodS: 10 } as const;
  const root = started(await v.run(startSupervisor(v.system, () => ({ flags, children }), { label: 'dog' })));
  for (let i = 0; i < hosts; i++) await v.run(startDynamicChild(v.system, 'hosts_sup', [`h${i}`]));
  const look = (...args: [Pid?, Parameters<typeof tree>[2]?]): ActorNode => {
    const node = tree(v.system, args[0] ?? root, args[1]);
    if (node === undefined) throw new Error('root is dead');
    return node;
  };
  return { v, root, look };
}

describe('tree', () => {
  it('shows every supervisor and actor with its path, state and figures', async () => {
    const { v, root, look } = await bench(2);
    await v.advance(1000);
    cast(v.system, 'broker', 'work');
    await v.idle();
    const node = look();
    expect(node).toMatchObject({
      path: 'dog',
      id: 'dog',
      pid: root.id,
      type: 'supervisor',
      state: 'waiting',
      restarts: 0,
      lastCrash: null,
      startedAt: START,
      ageMs: 1000,
      supervisor: {
        strategy: 'rest_for_one',
        intensity: 5,
        periodS: 10,
        restartsUsed: 0,
        counts: { specs: 3, active: 3, supervisors: 1, workers: 2 },
        total: 3,
      },
    });
    expect(node.children?.map(({ path, type }) => [path, type])).toEqual([
      ['dog/broker', 'worker'],
      ['dog/hosts_sup', 'supervisor'],
      ['dog/odd', 'worker'],
    ]);
    expect(node.children?.[0]).toMatchObject({ names: ['broker'], handled: 1, detail: { state: 'down', since: 5 } });
    expect(node.children?.[1]?.children?.map(({ path, id }) => [path, id])).toEqual([
      ['dog/hosts_sup/host:h0', 'host:h0'],
      ['dog/hosts_sup/host:h1', 'host:h1'],
    ]);
    expect(JSON.parse(JSON.stringify(node))).toEqual(node);
  });

  it('guards against an actor that can’t describe itself', async () => {
    const { look } = await bench(0);
    expect(look().children?.[2]?.detail).toEqual({ error: 'Error: no words' });
  });

  it('needs nothing from a stuck actor, and shows how long it has been stuck', async () => {
    const { v, look } = await bench(0);
    cast(v.system, 'broker', 'stick');
    await v.idle();
    for (let i = 0; i < 5; i++) cast(v.system, 'broker', 'work');
    await v.advance(7000);
    expect(look().children?.[0]).toMatchObject({ state: 'running', mailbox: 5, handled: 1, busyMs: 7000 });
  });

  it('shows crashes, restarts and the budget used; the others keep their identity', async () => {
    const { v, root, look } = await bench(1);
    const before = look();
    await v.advance(500);
    crash(v.system, findActor(v.system, root, 'dog/hosts_sup') as Pid, 'on purpose');
    await v.idle();
    const after = look();
    expect(after.supervisor?.restartsUsed).toBe(1);
    const pids = (node: ActorNode) => node.children?.map(({ pid }) => pid) ?? [];
    expect(pids(after)[0]).toBe(pids(before)[0]);
    expect(pids(after)[1]).not.toBe(pids(before)[1]);
    expect(pids(after)[2]).not.toBe(pids(before)[2]);
    expect(after.children?.[1]).toMatchObject({
      restarts: 1,
      lastCrash: { at: START + 500, reason: 'Error: on purpose' },
      ageMs: 0,
    });
    expect(after.children?.[2]).toMatchObject({ restarts: 1, lastCrash: null });
    expect(after.children?.[1]?.children).toEqual([]);
  });

  it('remembers the crashes of a temporary dynamic child under its label', async () => {
    const { v, root, look } = await bench(3);
    crash(v.system, findActor(v.system, root, 'dog/hosts_sup/host:h1') as Pid);
    await v.idle();
    expect(look().children?.[1]?.supervisor?.total).toBe(2);
    await v.run(startDynamicChild(v.system, 'hosts_sup', ['h1']));
    expect(look().children?.[1]?.children?.at(-1)).toMatchObject({
      id: 'host:h1',
      restarts: 1,
      lastCrash: { at: START },
    });
  });

  it('pages: counts are always of all, lists only as long as asked', async () => {
    const { v, root, look } = await bench(50);
    const hosts = findActor(v.system, root, 'dog/hosts_sup') as Pid;
    expect(look(root, { limit: 2 }).children?.map(({ id }) => id)).toEqual(['broker', 'hosts_sup']);
    expect(look(root, { limit: 2 }).children?.[1]?.supervisor).toMatchObject({ total: 50, offset: 0 });
    expect(look(root, { limit: 2 }).children?.[1]?.children?.length).toBe(2);
    const page = look(hosts, { offset: 40, limit: 20 });
    expect(page.supervisor).toMatchObject({ total: 50, offset: 40, counts: { active: 50 } });
    expect(page.children?.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => `host:h${i + 40}`));
    expect(look(root, { depth: 0 }).children).toBeUndefined();
    expect(look(root, { depth: 1 }).children?.[1]).toMatchObject({ supervisor: { total: 50 } });
    expect(look(root, { depth: 1 }).children?.[1]?.children).toBeUndefined();
  });

  it('shows stopped rows; a dead root has no tree', async () => {
    const { v, root, look } = await bench(0);
    await v.run(terminateChild(v.system, root, 'broker'));
    expect(look().children?.[0]).toMatchObject({ path: 'dog/broker', state: 'stopped', pid: null, startedAt: null });
    v.system.exit(root, 'kill', root);
    await v.idle();
    expect(tree(v.system, root)).toBeUndefined();
    expect(findActor(v.system, root, 'dog')).toBeUndefined();
  });

  it('finds actors by path, also when an id holds a slash', async () => {
    const { v, root } = await bench(1);
    const odd = started(await v.run(startDynamicChild(v.system, 'hosts_sup', ['h0/x'])));
    expect(findActor(v.system, root, 'dog')).toBe(root);
    expect(findActor(v.system, root, 'dog/hosts_sup/host:h0/x')).toBe(odd);
    expect(findActor(v.system, root, 'dog/hosts_sup/host:h0')?.label).toBe('host:h0');
    expect(findActor(v.system, root, 'dog/nobody')).toBeUndefined();
    expect(findActor(v.system, root, 'cat')).toBeUndefined();
  });
});
