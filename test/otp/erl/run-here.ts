import type * as Otp from '../../../src/otp/index.js';
import type { ChildSpec, ExitReason, Message, Pid, Self, StartContext, StartResult } from '../../../src/otp/index.js';
import type { virtualSystem } from '../../../src/otp/testing/index.js';
import { nameOf } from './history.js';
import type { History, Leave, Node, Outcome, Step, SupNode, WorkerOptions } from './history.js';

/** The actor library under trial: ours, or a copy with a fault in it. */
export interface Library {
  readonly otp: typeof Otp;
  readonly virtualSystem: typeof virtualSystem;
}

interface LeaveMsg extends Message {
  readonly tag: 'leave';
  readonly reason: Leave;
}

/** Longer than the shutdown times of workers that stay. */
const SETTLE_MS = 50;

const REASONS: Readonly<Record<Exclude<Leave, 'crash'>, ExitReason>> = {
  normal: 'normal',
  shutdown: 'shutdown',
  boom: { term: 'boom' },
  shutdown_why: { shutdown: 'why' },
};

/** Runs a history under our supervisor, and writes what was seen as history.erl does. */
export async function runHere({ otp, virtualSystem: make }: Library, { tree, steps }: History): Promise<string> {
  const world = make();
  const { system } = world;
  let events: string[] = [];
  const tries = new Map<string, number>();
  const pids = new Map<string, Pid>();
  const ids = new Map<Pid, string>();
  const sups = new Map<string, Pid>();
  const simple = new Set<Pid>();

  const watch = (id: string, pid: Pid): void => {
    pids.set(id, pid);
    ids.set(pid, id);
    events.push(`start ${id}`);
    system.monitor(({ reason }) => events.push(`end ${id} ${reasonText(reason)}`), pid);
  };

  const startWorker = async (
    { parent }: StartContext,
    id: string,
    { plan, traps, lastReason }: WorkerOptions,
  ): Promise<StartResult> => {
    const nth = (tries.get(id) ?? 0) + 1;
    tries.set(id, nth);
    const outcome = plan[Math.min(nth, plan.length) - 1] as Outcome;
    if (outcome !== 'ok') events.push(`${outcome} ${id}`);
    if (outcome === 'rubbish') return 'rubbish' as unknown as StartResult;
    if (outcome === 'throws') throw new Error('boom');
    const behaviour: Otp.Behaviour = {
      init: (self: Self) => {
        if (outcome === 'ignore') self.ignore();
        if (outcome === 'refuse') self.stop({ term: 'no' });
      },
      handle: (self: Self, message: Message) => {
        if (message.tag === 'leave') {
          const { reason } = message as LeaveMsg;
          if (reason === 'crash') throw new Error('crash');
          self.stop(REASONS[reason]);
        }
        if (message.tag !== 'EXIT') return;
        const { from, reason } = message as Otp.ExitMsg;
        if (from !== self.parent) return;
        if (lastReason === 'stays') return new Promise<void>(() => undefined);
        self.stop(lastReason === 'none' ? reason : lastReason === 'normal' ? 'normal' : { term: lastReason });
      },
    };
    try {
      const pid = await system.spawn(behaviour, { parent, label: id, trapExit: traps });
      watch(id, pid);
      return { ok: pid };
    } catch (error) {
      if (!(error instanceof otp.StartFailed)) throw error;
      return error.ignored ? 'ignore' : { error: 'no' };
    }
  };

  const startSup = async ({ parent }: StartContext, node: SupNode): Promise<StartResult> => {
    const { strategy, intensity, autoShutdown, init: gives } = node.options;
    const init = () => {
      if (gives === 'ignore') return 'ignore';
      if (gives === 'throws') throw new Error('boom');
      if (gives === 'rubbish') return 'rubbish' as unknown as Otp.SupInit;
      const [template] = node.children;
      const children =
        strategy === 'simple_one_for_one' && template?.kind === 'worker'
          ? [
              {
                ...common(template),
                start: (context: StartContext, id: string) => startWorker(context, id, template.options),
              } satisfies ChildSpec<readonly [string]>,
            ]
          : node.children.map(spec);
      return { flags: { strategy, intensity, periodS: 3600, autoShutdown }, children };
    };
    const started = await otp.startSupervisor(system, init, { parent, label: node.id });
    if (typeof started === 'object' && 'ok' in started) {
      sups.set(node.id, started.ok);
      if (strategy === 'simple_one_for_one') simple.add(started.ok);
      watch(node.id, started.ok);
    } else events.push(`${started === 'ignore' ? 'ignore' : 'refused'} ${node.id}`);
    return started;
  };

  const spec = (node: Node): ChildSpec =>
    node.kind === 'sup'
      ? { ...common(node), type: 'supervisor', start: (context) => startSup(context, node) }
      : { ...common(node), start: (context) => startWorker(context, node.id, node.options) };

  const seen = async (what: string, result: string): Promise<string> => {
    const done = events;
    events = [];
    const alive = [...sups].filter(([, pid]) => system.isAlive(pid)).sort(([a], [b]) => (a < b ? -1 : 1));
    const trees: string[] = [];
    for (const [id, pid] of alive) {
      const rows = (await world.run(otp.whichChildren(system, pid))).map((row) => {
        const state = typeof row.child === 'object' ? '+' : row.child === 'restarting' ? '~' : '-';
        const name = row.id ?? (typeof row.child === 'object' ? (ids.get(row.child) ?? '?') : 'undefined');
        return name + state;
      });
      if (simple.has(pid)) rows.sort();
      const { specs, active, supervisors, workers } = await world.run(otp.countChildren(system, pid));
      trees.push(`${id}=(${rows.join(',')}) ${specs}/${active}/${supervisors}/${workers}/`);
    }
    return `${what} -> ${result} [${done.join('; ')}] ${trees.join(' ')}`;
  };

  const player = await world.run(
    system.spawn({ init: () => undefined, handle: () => undefined }, { label: 'player', trapExit: true }),
  );
  const settled = async <T>(work: Promise<T>): Promise<T> => {
    const value = await world.run(work);
    // Whoever has to be killed is so by then.
    await world.advance(SETTLE_MS);
    return value;
  };
  const started = await settled(startSup({ system, parent: player }, tree));
  const lines = [await seen('start', resultText(started))];
  for (const step of steps) lines.push(await seen(nameOf(step), await settled(act(step))));
  if (typeof started === 'object' && 'ok' in started) {
    system.exit(started.ok, 'shutdown', player);
    await settled(system.exited(started.ok));
    lines.push(await seen('stop', ''));
  }
  return lines.join(' | ');

  async function act(step: Step): Promise<string> {
    if (step.do === 'kill_two') {
      const both = [pids.get(step.id), pids.get(step.other)].filter(
        (each) => each !== undefined && system.isAlive(each),
      );
      for (const each of both) if (each !== undefined) system.exit(each, 'kill', player);
      return both.length === 0 ? 'nobody' : '';
    }
    // A worker may have been started under the id of a supervisor that is gone: it takes no such calls.
    const pid = 'sup' in step ? sups.get(step.sup) : pids.get(step.id);
    if (pid === undefined || !system.isAlive(pid)) return 'nobody';
    try {
      switch (step.do) {
        case 'die':
          system.send(pid, { tag: 'leave', reason: step.reason } as LeaveMsg);
          // One that stays after its supervisor was killed takes no messages any more.
          await Promise.race([
            system.exited(pid),
            new Promise<void>((resolve) => void world.clock.setTimer(200, resolve)),
          ]);
          return system.isAlive(pid) ? 'stuck' : '';
        case 'kill':
          system.exit(pid, 'kill', player);
          await system.exited(pid);
          return '';
        case 'terminate':
          return doneText(await otp.terminateChild(system, pid, step.id));
        case 'terminate_dynamic': {
          const child = pids.get(step.id);
          return child === undefined ? 'nobody' : doneText(await otp.terminateChild(system, pid, child));
        }
        case 'delete':
          return doneText(await otp.deleteChild(system, pid, step.id));
        case 'restart':
          return resultText(await otp.restartChild(system, pid, step.id));
        case 'start':
          return resultText(await otp.startChild(system, pid, spec(step.node)));
        case 'start_dynamic':
          return resultText(await otp.startDynamicChild(system, pid, [step.id]));
      }
    } catch (error) {
      if (error instanceof otp.CallFailed) return 'gone';
      throw error;
    }
  }
}

function common({ id, options: { restart, shutdown, significant } }: Node) {
  return { id, restart, shutdown, significant };
}

function doneText(result: Otp.ChildDone): string {
  return 'error' in result ? `error ${errorText(result.error)}` : 'ok';
}

function resultText(result: StartResult | Otp.ChildStarted): string {
  if (result === 'ignore') return 'ignore';
  if ('error' in result) return `error ${errorText(result.error)}`;
  return result.ok === undefined ? 'ok ignore' : 'ok';
}

/** What a start function gave as its error: an exit reason, or any term. */
function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('already_started' in error) return 'already_started';
  if ('bad_return' in error) return 'bad_return';
  if ('start_spec' in error) return errorText(error.start_spec);
  if ('shutdown' in error || 'term' in error || 'error' in error) return reasonText(error);
  return Object.keys(error).join();
}

function reasonText(reason: ExitReason): string {
  if (typeof reason === 'string') return reason;
  if ('shutdown' in reason) {
    const shutdown: unknown = reason.shutdown;
    if (typeof shutdown === 'object' && shutdown !== null && 'failed_to_start_child' in shutdown) {
      const failed = shutdown as { readonly failed_to_start_child: string; readonly reason: unknown };
      return `failed_to_start_child ${failed.failed_to_start_child} ${errorText(failed.reason)}`;
    }
    return `shutdown:${String(shutdown)}`;
  }
  if ('term' in reason) return errorText(reason.term);
  return `error:${reason.error instanceof Error ? reason.error.message : String(reason.error)}`;
}
