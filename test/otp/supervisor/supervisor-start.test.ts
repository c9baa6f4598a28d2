import { describe, expect, it } from 'vitest';
import { countChildren, endProcess, getChildspec, startSupervisor, whichChildren } from '../../../src/otp/index.js';
import type { AnyChildSpec, ChildSpec, ActorSystem, SupFlags } from '../../../src/otp/index.js';
import { ids, labels, started, supervision } from '../../support/supervision.js';

/** A process that traps exits and keeps what it gets, to be a supervisor's parent. */
async function parentOf(system: ActorSystem) {
  const mail: unknown[] = [];
  const pid = system.spawn(
    { init: () => undefined, handle: (_self, message) => void mail.push(message) },
    { label: 'parent', trapExit: true },
  );
  return { pid, mail };
}

async function refused(flags: unknown, children: unknown): Promise<unknown> {
  const s = supervision();
  const init = () => ({ flags: flags as SupFlags, children: children as readonly AnyChildSpec[] });
  const result = await s.run(startSupervisor(s.system, init));
  expect(labels(s.system)).toEqual([]);
  return typeof result === 'object' && 'error' in result ? result.error : result;
}

describe('supervisor: start', () => {
  it('an empty supervisor starts; told to stop by its parent it exits with shutdown', async () => {
    const s = supervision();
    const parent = await s.run((await parentOf(s.system)).pid);
    const sup = await s.supervisor({}, [], parent);
    expect(await s.which(sup)).toEqual([]);
    s.system.exit(sup, 'shutdown', parent);
    expect(await s.run(s.system.exited(sup))).toBe('shutdown');
  });

  it('init says ignore: start returns ignore, nothing is left running, the starter gets no exit signal', async () => {
    const s = supervision();
    const { pid, mail } = await parentOf(s.system);
    const parent = await s.run(pid);
    expect(await s.run(startSupervisor(s.system, () => 'ignore', { parent }))).toBe('ignore');
    await s.idle();
    expect(mail).toEqual([]);
    expect(labels(s.system)).toEqual(['parent']);
  });

  it('init that returns rubbish is bad_return naming the callback; one that throws fails with what it threw', async () => {
    const s = supervision();
    const rubbish = () => 42 as never;
    expect(await s.run(startSupervisor(s.system, rubbish))).toEqual({
      error: { bad_return: { callback: 'rubbish', value: 42 } },
    });
    const error = new Error('no');
    const throws = () => {
      throw error;
    };
    expect(await s.run(startSupervisor(s.system, throws))).toEqual({ error: { error } });
    expect(labels(s.system)).toEqual([]);
  });

  it('children start in list order, each only after the one before has finished its init', async () => {
    const s = supervision();
    const slow = (id: string): ChildSpec => ({
      id,
      start: async (context) => {
        s.log.push(`begin ${id}`);
        await s.sleep(50);
        return s.startWorker(context, id);
      },
    });
    await s.supervisor({}, [slow('c'), slow('a'), slow('b')]);
    expect(s.log).toEqual(['begin c', 'start c', 'begin a', 'start a', 'begin b', 'start b']);
  });

  it('the third of four refuses: the earlier two are stopped in reverse, the fourth never starts', async () => {
    const s = supervision();
    s.plans.set('c', ['refuse']);
    const children = ['a', 'b', 'c', 'd'].map((id) => s.worker(id));
    expect(await s.run(startSupervisor(s.system, () => ({ children })))).toEqual({
      error: { shutdown: { failed_to_start_child: 'c', reason: 'refused' } },
    });
    expect(s.log).toEqual(['start a', 'start b', 'refuse c', 'stop b shutdown', 'stop a shutdown']);
    expect(labels(s.system)).toEqual([]);
  });

  it('a child that says ignore keeps its spec without a process; a temporary one is forgotten', async () => {
    const s = supervision();
    s.plans.set('b', ['ignore']);
    s.plans.set('c', ['ignore']);
    const sup = await s.supervisor({}, [s.worker('a'), s.worker('b'), s.worker('c', { restart: 'temporary' })]);
    expect(await s.which(sup)).toEqual([
      ['b', undefined],
      ['a', 'pid'],
    ]);
    expect(await s.run(countChildren(s.system, sup))).toEqual({ specs: 2, active: 1, supervisors: 0, workers: 2 });
  });

  it.each([
    [{ strategy: 'some_for_all' }, { invalid_strategy: 'some_for_all' }],
    [{ intensity: -1 }, { invalid_intensity: -1 }],
    [{ intensity: 1.5 }, { invalid_intensity: 1.5 }],
    [{ intensity: '1' }, { invalid_intensity: '1' }],
    [{ periodS: 0 }, { invalid_period: 0 }],
    [{ periodS: 0.5 }, { invalid_period: 0.5 }],
    [{ periodS: Infinity }, { invalid_period: Infinity }],
    [{ autoShutdown: 'maybe' }, { invalid_auto_shutdown: 'maybe' }],
    ['flags', { invalid_type: 'flags' }],
  ])('flags %j are refused', async (flags, error) => {
    expect(await refused(flags, [])).toEqual({ supervisor_data: error });
  });

  it('an unknown flag is ignored', async () => {
    const s = supervision();
    const flags = { intensity: 3, colour: 'red' } as SupFlags;
    expect(await s.supervisor(flags, [])).toBeDefined();
  });

  const start: ChildSpec['start'] = async () => 'ignore';
  it.each([
    ['no id', { start }, 'missing_id'],
    ['an id that is no text', { id: 7, start }, { invalid_id: 7 }],
    ['no start', { id: 'a' }, 'missing_start'],
    ['a start that is no function', { id: 'a', start: 'go' }, { invalid_start: 'go' }],
    ['restart', { id: 'a', start, restart: 'often' }, { invalid_restart_type: 'often' }],
    ['a negative shutdown', { id: 'a', start, shutdown: -1 }, { invalid_shutdown: -1 }],
    ['a fractional shutdown', { id: 'a', start, shutdown: 0.5 }, { invalid_shutdown: 0.5 }],
    ['shutdown', { id: 'a', start, shutdown: 'soon' }, { invalid_shutdown: 'soon' }],
    ['type', { id: 'a', start, type: 'boss' }, { invalid_child_type: 'boss' }],
    ['significant', { id: 'a', start, restart: 'transient', significant: 1 }, { invalid_significant: 1 }],
    ['no object', 'a', { invalid_child_spec: 'a' }],
    ['null', null, { invalid_child_spec: null }],
  ])('a spec with bad %s is refused', async (_what, spec, error) => {
    expect(await refused({ autoShutdown: 'any_significant' }, [spec])).toEqual({ start_spec: error });
  });

  it('the same id twice is refused', async () => {
    const specs = [
      { id: 'a', start },
      { id: 'a', start },
    ];
    expect(await refused({}, specs)).toEqual({ start_spec: { duplicate_child_name: 'a' } });
  });

  it('all valid combinations are accepted, unknown keys are ignored', async () => {
    const s = supervision();
    const children: ChildSpec[] = [];
    for (const restart of ['permanent', 'transient', 'temporary'] as const) {
      for (const shutdown of ['brutal_kill', 'infinity', 0, 100] as const) {
        for (const type of ['worker', 'supervisor'] as const) {
          for (const significant of restart === 'permanent' ? [false] : [true, false]) {
            const id = [restart, shutdown, type, significant].join();
            const over = { restart, shutdown, type, significant, colour: 'red' };
            children.push(s.worker(id, over));
          }
        }
      }
    }
    const sup = await s.supervisor({ autoShutdown: 'all_significant' }, children);
    expect((await s.which(sup)).map(([id]) => id).reverse()).toEqual(children.map((child) => child.id));
  });

  it('significant under auto_shutdown never, or on a permanent child, is a bad combination', async () => {
    expect(await refused({}, [{ id: 'a', start, restart: 'transient', significant: true }])).toEqual({
      start_spec: { bad_combination: { auto_shutdown: 'never', significant: true } },
    });
    expect(await refused({ autoShutdown: 'any_significant' }, [{ id: 'a', start, significant: true }])).toEqual({
      start_spec: { bad_combination: { restart: 'permanent', significant: true } },
    });
  });

  it('the defaults are OTP’s', async () => {
    const s = supervision();
    const children = [s.worker('w'), s.worker('s', { type: 'supervisor' })];
    const sup = started(await s.run(startSupervisor(s.system, () => ({ children }))));
    expect(await s.run(getChildspec(s.system, sup, 'w'))).toMatchObject({
      id: 'w',
      restart: 'permanent',
      shutdown: 5000,
      type: 'worker',
      significant: false,
    });
    expect(await s.run(getChildspec(s.system, sup, 's'))).toMatchObject({ shutdown: 'infinity', type: 'supervisor' });
    expect(s.system.info(sup)?.published?.supervisor).toMatchObject({
      strategy: 'one_for_one',
      intensity: 1,
      periodS: 5,
    });
  });

  it('simple_one_for_one needs exactly one spec and starts no child by itself', async () => {
    const flags = { strategy: 'simple_one_for_one' };
    expect(await refused(flags, [])).toEqual({ bad_start_spec: [] });
    const two = [
      { id: 'a', start },
      { id: 'b', start },
    ];
    expect(await refused(flags, two)).toEqual({ bad_start_spec: two });
    const s = supervision();
    const sup = await s.supervisor({ strategy: 'simple_one_for_one' }, [s.worker('a')]);
    expect(s.log).toEqual([]);
    expect(await s.run(whichChildren(s.system, sup))).toEqual([]);
  });

  it('simple_one_for_one with auto_shutdown is refused, as by newer OTP', async () => {
    const flags = { strategy: 'simple_one_for_one', autoShutdown: 'any_significant' };
    expect(await refused(flags, [{ id: 'a', start, restart: 'transient', significant: true }])).toEqual({
      supervisor_data: { invalid_auto_shutdown: 'any_significant' },
    });
  });

  it('a start function that gives rubbish or throws fails the start, naming the child', async () => {
    const s = supervision();
    s.plans.set('a', ['rubbish']);
    expect(await s.run(startSupervisor(s.system, () => ({ children: [s.worker('a')] })))).toMatchObject({
      error: { shutdown: { failed_to_start_child: 'a', reason: { bad_return: { value: 'rubbish' } } } },
    });
    s.plans.set('a', ['throw']);
    const thrown = await s.run(startSupervisor(s.system, () => ({ children: [s.worker('a')] })));
    expect(thrown).toMatchObject({
      error: { shutdown: { reason: { error: { message: 'start of a threw' } } } },
    });
  });

  it('a supervisor stops its children when it is stopped as a child itself', async () => {
    const s = supervision();
    const parent = await s.run((await parentOf(s.system)).pid);
    const sup = await s.supervisor({}, [s.worker('a'), s.worker('b')], parent);
    expect(ids(s, 'a', 'b').length).toBe(2);
    expect(await s.run(endProcess(s.system, parent, sup, 'infinity'))).toBe('shutdown');
    expect(s.takeLog().slice(2)).toEqual(['stop b shutdown', 'stop a shutdown']);
  });
});
