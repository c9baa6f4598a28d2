import type { StartContext } from './child-spec.js';
import { endProcess } from './end-process.js';
import { watchFaults } from '../process/faults.js';
import type { ExitMsg, Message } from '../process/message.js';
import type { Behaviour, ActorSystem, Self } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';
import { formatReason } from '../process/reason.js';
import type { ExitReason } from '../process/reason.js';
import type { StartResult } from '../gen-server/start-result.js';

export interface ApplicationOptions {
  readonly name: string;
  /** Starts the root supervisor. */
  readonly start: (context: StartContext) => Promise<StartResult>;
  /** Milliseconds for the whole ordered stop, whatever the children's own deadlines add up to. Default 10000. */
  readonly stopTimeoutMs?: number;
  /** The first of these stops in order, the second at once. Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
}

/** How an application ended. */
export interface Outcome {
  /**
   * Exit code for the Node process: 0 after an ordered stop; 1 when the root supervisor gave up, an error had no owner or
   * the deadline passed; 128 + the signal's number when a second signal forced it.
   */
  readonly code: number;
  /** What had to be abandoned: labels of processes that were killed, and the number of unfinished handlers. */
  readonly left: readonly string[];
}

export interface Application {
  readonly root: Pid;
  /** Begins the ordered stop, if it has not begun, and waits for the end. `code` is for an ordered one. */
  stop(why: string, code?: number): Promise<Outcome>;
  /** Settles when everything has ended; never rejects. The caller then ends the Node process with `code`. */
  readonly done: Promise<Outcome>;
}

const SIGNAL_NUMBERS: Readonly<Partial<Record<NodeJS.Signals, number>>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Parent of the root supervisor: learns of its end. */
function master(onEnd: (reason: ExitReason) => void): Behaviour {
  return {
    init: () => undefined,
    handle: (_self: Self, message: Message) => {
      if (message.tag === 'EXIT') onEnd((message as ExitMsg).reason);
    },
  };
}

/**
 * Boots a root supervisor and answers for the whole Node process: keeps it alive until the end, stops the tree in order
 * on a signal, catches faults that no process owns. Rejects if the root does not start; everything is then gone again.
 */
export async function startApplication(system: ActorSystem, options: ApplicationOptions): Promise<Application> {
  const { name, stopTimeoutMs = 10_000, signals = ['SIGTERM', 'SIGINT'] } = options;
  // Actors hold no handle: without this one Node would leave an idle tree.
  const keepAlive = setInterval(() => undefined, 2 ** 31 - 1);
  let finish: (outcome: Outcome) => void = () => undefined;
  const done = new Promise<Outcome>((resolve) => (finish = resolve));
  let finished = false;
  let stopping = false;
  let deadline: object | undefined;

  const parent = await system.spawn(
    master((reason) => {
      if (!stopping) void stop(`the root supervisor ended: ${formatReason(reason)}`, 1);
    }),
    { label: `${name} application`, trapExit: true },
  );

  /** Kills whatever is left, says what it was, and ends. */
  const end = (code: number): Outcome => {
    const left: string[] = [];
    for (const pid of [...system.processes()]) {
      if (pid === parent || !system.isAlive(pid)) continue;
      left.push(pid.label);
      system.exit(pid, 'kill', parent);
    }
    system.exit(parent, 'kill', parent);
    if (system.orphans > 0) left.push(`unfinished handlers: ${system.orphans}`);
    const outcome = { code, left };
    if (finished) return outcome;
    finished = true;
    clearInterval(keepAlive);
    if (deadline !== undefined) system.clock.clearTimer(deadline);
    for (const signal of signals) process.off(signal, onSignal);
    faults.close();
    system.report({ kind: 'application_stopped', name, code, left });
    finish(outcome);
    return outcome;
  };

  const stop = (why: string, code = 0): Promise<Outcome> => {
    if (stopping) return done;
    stopping = true;
    system.report({ kind: 'application_stopping', name, why });
    deadline = system.clock.setTimer(stopTimeoutMs, () => end(1));
    // A root that is still starting is waited for: it can't be told to stop before.
    void started.then(async (result) => {
      if (typeof result === 'object' && 'ok' in result) await endProcess(system, parent, result.ok, 'infinity');
      end(code);
    });
    return done;
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) end(128 + (SIGNAL_NUMBERS[signal] ?? 0));
    else void stop(signal);
  };

  const faults = watchFaults(system, (error) => void stop(`an error without an owner: ${formatReason({ error })}`, 1));
  for (const signal of signals) process.on(signal, onSignal);
  const started = options
    .start({ system, parent })
    .catch((error: unknown): StartResult => ({ error: { error } satisfies ExitReason }));

  const result = await started;
  if (typeof result === 'object' && 'ok' in result) {
    if (!stopping) system.report({ kind: 'application_started', name, root: result.ok });
    return { root: result.ok, stop, done };
  }
  stopping = true;
  end(1);
  if (result === 'ignore') throw new Error(`${name}: the root supervisor said ignore`);
  throw new Error(`${name} did not start: ${formatReason({ term: result.error })}`, { cause: result.error });
}
