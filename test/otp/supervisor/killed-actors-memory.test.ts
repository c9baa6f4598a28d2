import { describe, expect, it } from 'vitest';
import {
  call,
  cast,
  crash,
  createActorSystem,
  keyedChildren,
  NO_REPLY,
  startGenServer,
  startSupervisor,
  stopGenServer,
  type ChildSpec,
  type ExitReason,
  type From,
  type ActorSystem,
  type Message,
  type Pid,
  type Self,
  type GenServer,
  type StartContext,
} from '../../../src/otp/index.js';
import { Survivors } from '../../support/collect-garbage.js';
import { countingClock, type CountingClock } from '../../support/counting-clock.js';
import { started } from '../../support/supervision.js';

const KILLS = 10_000;
const WORKERS = 20;
const KEYS = 10;
/** Objects that the last turn's registers and closures may still hold. */
const STRAY = 10;

/** A call of a dead process is forgotten when its time is up. */
const UNANSWERED_MS = 200;

type Request = { readonly never: true } | { readonly wait: true };

/**
 * An actor that leaves as much behind as it can: timers, monitors and links, a call without an answer, an abort
 * listener, a name, messages in its mailbox and a handler that is still waiting.
 */
class Clinger implements GenServer<Request, never, Request> {
  readonly #survivors: Survivors;
  readonly #steady: Pid;
  readonly state = new Array<number>(100).fill(1);
  readonly replies: From<never>[] = [];
  aborted = false;

  constructor(survivors: Survivors, steady: Pid) {
    this.#survivors = survivors.watch(this) && survivors;
    this.#steady = steady;
  }

  init(self: Self): void {
    this.#survivors.watch(self);
    self.sendInterval(3_600_000, { tag: 'tick' });
    self.sendAfter(1e9, { tag: 'deadline' });
    self.monitor(this.#steady);
    self.register(`name of ${String(self.pid)}`);
    self.signal.addEventListener('abort', () => (this.aborted = true), { once: true });
    const unanswered = self.call(this.#steady, { never: true }, UNANSWERED_MS);
    unanswered.catch(() => undefined);
    self.send(self.pid, { tag: 'later' });
  }

  handleCall(_self: Self, _request: Request, from: From<never>): typeof NO_REPLY {
    this.replies.push(from);
    return NO_REPLY;
  }

  /** `wait`: for the end of its own process. */
  handleCast({ signal }: Self, request: Request): Promise<void> | void {
    if ('wait' in request)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  handleInfo(_self: Self, _message: Message): void {
    this.state.push(1);
  }

  terminate(_self: Self, _reason: ExitReason): void {
    this.state.push(2);
  }
}

/** Answers nobody; everybody watches it. */
const steadyServer: GenServer<Request, never> = { handleCall: () => NO_REPLY };

/** Two timers each, and no call under way. */
function settled(clock: CountingClock): Promise<void> {
  return expect.poll(() => clock.pending, { timeout: 10_000 }).toBe(2 * (WORKERS + KEYS));
}

async function scene() {
  const clock = countingClock();
  const system: ActorSystem = createActorSystem({ clock });
  const survivors = new Survivors();
  const steady = started(await startGenServer(system, steadyServer, { name: 'steady' }));
  const start = ({ system: k, parent }: StartContext, label: string) =>
    startGenServer(k, new Clinger(survivors, steady), { parent, label, trapExit: true });
  const workers = Array.from({ length: WORKERS }, (_, i): ChildSpec => {
    return { id: `worker ${i}`, start: (context) => start(context, `worker ${i}`) };
  });
  const flags = { strategy: 'one_for_one', intensity: 2 * KILLS } as const;
  const root = started(await startSupervisor(system, () => ({ flags, children: workers })));
  const temporary: ChildSpec<readonly [string]> = { id: 'child', restart: 'temporary', start };
  started(
    await startSupervisor(system, () => ({ flags: { strategy: 'simple_one_for_one' }, children: [temporary] }), {
      name: 'children',
      parent: root,
    }),
  );
  const keyed = keyedChildren<Request, Request>(system, { supervisor: 'children', backoff: { baseMs: 0, maxMs: 0 } });
  /** All clingers that live. */
  const clingers = (): Pid[] => [...system.processes()].filter(({ label }) => /^(worker|key) /.test(label));
  const whole = async (): Promise<void> => {
    for (let i = 0; i < KEYS; i++) keyed.send(`key ${i}`, { never: true });
    await expect.poll(() => clingers().length, { interval: 1 }).toBe(WORKERS + KEYS);
  };
  await whole();
  await settled(clock);
  return { clock, system, survivors, steady, root, keyed, clingers, whole };
}

describe('actors that are killed', () => {
  it(`leave nothing in memory, ${KILLS} times`, async () => {
    const { clock, system, survivors, steady, root, clingers, whole } = await scene();
    const live = WORKERS + KEYS;
    let killed = 0;
    while (killed < KILLS) {
      for (const [i, pid] of clingers().entries()) {
        cast(system, pid, { wait: true });
        system.send(pid, { tag: 'unread' });
        call(system, pid, { never: true }, Infinity).catch(() => undefined);
        // Every fourth dies in a handler, with the rest of its messages unread.
        if (killed % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (i % 2 === 0) crash(system, pid, 'killed by a test');
        else system.exit(pid, 'kill', pid);
        killed++;
      }
      await whole();
    }
    await settled(clock);
    expect(system.orphans).toBe(0);
    // Of each that lives: the server and its self.
    expect(await survivors.count()).toBeLessThanOrEqual(2 * live + STRAY);
    expect(system.info(steady)?.monitors).toBe(live);
    expect(system.stats().processes).toBe(live + 3);
    await stopGenServer(system, root, 'shutdown');
    await stopGenServer(system, steady);
    await expect.poll(() => [clock.pending, system.stats().processes, system.orphans]).toEqual([0, 0, 0]);
    expect(await survivors.count()).toBeLessThanOrEqual(STRAY);
  }, 120_000);
});
