import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crash,
  createActorSystem,
  endProcess,
  findActor,
  startGenServer,
  startSupervisor,
  tree,
} from '../../../src/otp/index.js';
import type {
  ActorNode,
  ChildSpec,
  ActorSystem,
  Pid,
  Report,
  Self,
  StartContext,
  Strategy,
} from '../../../src/otp/index.js';
import { started } from '../../support/supervision.js';
import { virtualSystem } from '../../../src/otp/testing/index.js';

/** A tree to be: a worker, or a supervisor of such. */
interface Plan {
  readonly strategy?: Exclude<Strategy, 'simple_one_for_one'>;
  readonly children?: readonly Plan[];
}

function planOf(levels: number): fc.Arbitrary<Plan> {
  const supervisor = (below: fc.Arbitrary<Plan>, minLength: number): fc.Arbitrary<Plan> =>
    fc.record({
      strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one'),
      children: fc.array(below, { minLength, maxLength: 4 }),
    });
  let plan = fc.constant<Plan>({});
  for (let level = 0; level < levels; level++) plan = fc.oneof(fc.constant<Plan>({}), supervisor(plan, 0));
  return supervisor(plan, 1);
}

/** Two timers each, so that an orphan would show. */
function worker({ system, parent }: StartContext) {
  return startGenServer(
    system,
    {
      init: (self: Self) => {
        self.sendInterval(60_000, { tag: 'tick' });
        self.sendAfter(1e9, { tag: 'deadline' });
      },
      handleInfo: () => undefined,
    },
    { parent, trapExit: true },
  );
}

function start(system: ActorSystem, plan: Plan, intensity: number, parent?: Pid, label?: string) {
  const children = (plan.children ?? []).map((child, i): ChildSpec =>
    child.children === undefined
      ? { id: `w${i}`, start: worker }
      : {
          id: `s${i}`,
          type: 'supervisor',
          start: (context) => start(context.system, child, intensity, context.parent, `s${i}`),
        },
  );
  const flags = { strategy: plan.strategy ?? 'one_for_one', intensity };
  return startSupervisor(system, () => ({ flags, children }), {
    ...(parent === undefined ? {} : { parent }),
    label: label ?? 'root',
  });
}

function flatten(node: ActorNode): ActorNode[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

/** Paths that must have another process after `victim` (not the root) was killed, by the strategies alone. */
function named(root: ActorNode, victim: string): Set<string> {
  const parentPath = victim.slice(0, victim.lastIndexOf('/'));
  const parent = flatten(root).find(({ path }) => path === parentPath) as ActorNode;
  const siblings = parent.children ?? [];
  const at = siblings.findIndex(({ path }) => path === victim);
  const restarted = {
    one_for_one: siblings.slice(at, at + 1),
    one_for_all: siblings,
    rest_for_one: siblings.slice(at),
  }[parent.supervisor?.strategy as 'one_for_one'];
  return new Set(restarted.flatMap(flatten).map(({ path }) => path));
}

function changed(before: ActorNode, after: ActorNode): Set<string> {
  const old = new Map(flatten(before).map(({ path, pid }) => [path, pid]));
  return new Set(
    flatten(after)
      .filter(({ path, pid }) => old.get(path) !== pid)
      .map(({ path }) => path),
  );
}

function workersOf(node: ActorNode): number {
  return flatten(node).filter(({ type }) => type === 'worker').length;
}

describe('actors killed in random trees', () => {
  it('each in turn, in any tree: exactly those that the strategies name are new; no timer is orphaned', async () => {
    await fc.assert(
      fc.asyncProperty(planOf(3), async (plan) => {
        const v = virtualSystem();
        const root = started(await v.run(start(v.system, plan, 1)));
        const look = (): ActorNode => tree(v.system, root) as ActorNode;
        const paths = flatten(look()).map(({ path }) => path);
        expect(v.clock.pending).toBe(2 * workersOf(look()));
        for (const victim of paths.slice(1)) {
          const before = look();
          crash(v.system, findActor(v.system, root, victim) as Pid);
          await v.idle();
          const after = look();
          expect(changed(before, after)).toEqual(named(before, victim));
          expect(flatten(after).map(({ path }) => path)).toEqual(paths);
          expect(v.clock.pending).toBe(2 * workersOf(after));
          // Out of the period, so that every budget is whole again.
          await v.advance(6000);
        }
        await v.run(endProcess(v.system, root, root, 'brutal_kill'));
        await v.idle();
        expect([v.clock.pending, v.system.stats().processes, v.system.orphans]).toEqual([0, 0, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('all workers at once: all are back, under the same supervisors, when the budget allows it', async () => {
    await fc.assert(
      fc.asyncProperty(planOf(3), async (plan) => {
        const v = virtualSystem();
        const root = started(await v.run(start(v.system, plan, 1000)));
        const before = tree(v.system, root) as ActorNode;
        const workers = flatten(before).filter(({ type }) => type === 'worker');
        const pids = workers.map(({ path }) => findActor(v.system, root, path) as Pid);
        for (const pid of pids) crash(v.system, pid);
        await v.idle();
        const after = tree(v.system, root) as ActorNode;
        const shape = (node: ActorNode) => flatten(node).map(({ path, state }) => [path, state]);
        expect(shape(after)).toEqual(shape(before));
        expect(pids.some((pid) => v.system.isAlive(pid))).toBe(false);
        const expected = new Set(workers.flatMap(({ path }) => [...named(before, path)]));
        expect(changed(before, after)).toEqual(expected);
        expect(v.clock.pending).toBe(2 * workers.length);
      }),
      { numRuns: 60 },
    );
  });

  it.each([0, 1, 4])(
    'a child that always crashes: its supervisor restarts it %i times, gives up, and so on upwards',
    async (intensity) => {
      const v = virtualSystem();
      let starts = 0;
      const bad: ChildSpec = {
        id: 'bad',
        start: async ({ system, parent }) => {
          starts++;
          return startGenServer(
            system,
            {
              init: (self: Self) => void self.sendAfter(10, { tag: 'crash' }),
              handleInfo: () => {
                throw new Error('always');
              },
            },
            { parent },
          );
        },
      };
      const flags = { intensity, periodS: 60 };
      const inner: ChildSpec = {
        id: 'inner',
        type: 'supervisor',
        start: ({ system, parent }) =>
          startSupervisor(system, () => ({ flags, children: [bad] }), { parent, label: 'inner' }),
      };
      const children = [{ id: 'calm', start: worker }, inner];
      const root = started(await v.run(startSupervisor(v.system, () => ({ flags, children }), { label: 'root' })));
      await v.advance(60_000);
      // Each of the (intensity + 1) lives of the inner supervisor has (intensity + 1) lives of the child.
      expect(starts).toBe((intensity + 1) ** 2);
      expect(root.exit).toBe('shutdown');
      const gaveUp = v.reports.filter((report) => report.kind === 'intensity_reached').map(({ id }) => id);
      expect(gaveUp).toEqual([...Array<string>(intensity + 1).fill('bad'), 'inner']);
      expect([v.clock.pending, v.system.stats().processes]).toEqual([0, 0]);
    },
  );

  it('on nact and real time too: killed in turn, then all at once, then stopped in order', async () => {
    const reports: Report[] = [];
    const system = createActorSystem({ report: (report) => reports.push(report) });
    const plan: Plan = {
      strategy: 'rest_for_one',
      children: [{}, { strategy: 'one_for_all', children: [{}, {}] }, { strategy: 'one_for_one', children: [{}, {}] }],
    };
    const parent = await system.spawn({ init: () => undefined, handle: () => undefined }, { trapExit: true });
    const root = started(await start(system, plan, 1000, parent));
    const look = (): ActorNode => tree(system, root) as ActorNode;
    const paths = flatten(look()).map(({ path }) => path);
    /** Waits until all of `gone` have a successor and nobody is down. */
    const settled = async (before: ActorNode, gone: ReadonlySet<string>): Promise<void> => {
      for (;;) {
        const now = flatten(look());
        const back = now.length === paths.length && now.every(({ pid }) => pid !== null);
        if (back && [...gone].every((path) => changed(before, look()).has(path))) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    for (const victim of paths.slice(1)) {
      const before = look();
      const expected = named(before, victim);
      crash(system, findActor(system, root, victim) as Pid);
      await settled(before, expected);
      expect(changed(before, look())).toEqual(expected);
    }
    const before = look();
    const workers = flatten(before).filter(({ type }) => type === 'worker');
    const pids = workers.map(({ path }) => findActor(system, root, path) as Pid);
    for (const pid of pids) crash(system, pid);
    await settled(before, new Set(workers.map(({ path }) => path)));
    expect(flatten(look()).map(({ path }) => path)).toEqual(paths);
    expect(await endProcess(system, parent, root, 'infinity')).toBe('shutdown');
    expect(Array.from(system.processes())).toEqual([parent]);
    expect(reports.filter(({ kind }) => kind === 'late_fault' || kind === 'callback_fault')).toEqual([]);
  });
});
