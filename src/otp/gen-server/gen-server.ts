import { CallFailed, CallMsg, CastMsg } from '../process/call.js';
import type { From } from '../process/call.js';
import type { ExitMsg, Message } from '../process/message.js';
import type { DetailObject, Published } from '../process/published.js';
import type { Behaviour, ActorSystem, Self, SpawnOptions } from '../process/actor-system-types.js';
import type { Pid } from '../process/pid.js';
import type { ExitReason } from '../process/reason.js';
import type { Address, ServerRef } from '../process/address.js';
import { STOP_TAG } from '../process/sys/order-to-end.js';
import { startResult } from './start-result.js';
import type { StartResult } from './start-result.js';

/** Given back by a `handleCall` that will use `from.reply` later. */
export const NO_REPLY = Symbol('no reply');

/**
 * A process that answers calls. State lives in the object (or closure) that `start` makes anew for each incarnation.
 * Handlers run one at a time, also asynchronous ones; a throw ends the process and is its supervisor's business, so
 * what is expected to fail belongs into the Reply. Message bodies are shared, not copied: treat them as read-only.
 *
 * @example A worker that counts, and its place in a tree.
 * ```ts
 * type CounterCall = { readonly get: 'count' };
 * type CounterCast = { readonly add: number };
 * type CounterInfo = { readonly tag: 'tick' };
 * export const COUNTER = serverName<CounterCall, number, CounterCast>('counter');
 *
 * class Counter implements GenServer<CounterCall, number, CounterCast, CounterInfo> {
 *   #count = 0;
 *   init(self: Self<CounterInfo>) { self.sendInterval(1000, { tag: 'tick' }); }   // dies with the process
 *   handleCall(_self: Self, _request: CounterCall) { return this.#count; }
 *   handleCast(_self: Self, message: CounterCast) { this.#count += message.add; }
 *   handleInfo(_self: Self, _message: CounterInfo) { this.#count++; }
 *   describe() { return { count: this.#count }; }                    // shown by GET /api/V2/actors
 * }
 *
 * export const counterSpec: ChildSpec = {
 *   id: 'counter',
 *   restart: 'permanent',
 *   shutdown: 5000,
 *   start: ({ system, parent }) => startGenServer(system, new Counter(), { parent, name: COUNTER, maxQueue: 10_000 }),
 * };
 *
 * const root = await startSupervisor(system, () => ({ flags: { strategy: 'one_for_one' }, children: [counterSpec] }));
 * cast(system, COUNTER, { add: 2 });
 * const count: number = await call(system, COUNTER, { get: 'count' });
 * ```
 *
 * @typeParam Call requests of `call`, Reply their answers, Cast bodies of `cast`, Info all other messages: timers of
 * its own, `EXIT` when it traps exits, `DOWN` of its monitors, and what is sent with plain `send`.
 */
export interface GenServer<Call = never, Reply = unknown, Cast = never, Info extends Message = Message> {
  /** The starter waits for it. `self.ignore()`: not wanted now; `self.stop(reason)` or a throw: the start fails. */
  init?(self: Self<Info>): void | Promise<void>;
  handleCall?(
    self: Self<Info>,
    request: Call,
    from: From<Reply>,
  ): Reply | typeof NO_REPLY | Promise<Reply | typeof NO_REPLY>;
  handleCast?(self: Self<Info>, message: Cast): void | Promise<void>;
  handleInfo?(self: Self<Info>, message: Info): void | Promise<void>;
  /** Called before an orderly end, within the child spec's `shutdown` time. Not called on a kill, nor when exits are not trapped. */
  terminate?(self: Self<Info>, reason: ExitReason): void | Promise<void>;
  /** For the tree: what an operator wants to know, small. Read at any time, without a turn. */
  describe?(): DetailObject;
  /**
   * The state for operators and crash reports: all that helps, no secrets, nothing large. Read at any time, without a
   * turn. Default: what `describe` gives.
   */
  formatStatus?(): DetailObject;
  /** Takes over a state made by hand, between two messages; for development (`sys.replaceState`). */
  replaceState?(state: unknown): void;
}

export interface GenServerOptions extends Omit<SpawnOptions, 'label'> {
  /** Shown in the tree and in reports. Default: the name. */
  readonly label?: string;
}

/** Asks a server to stop; always gets into its mailbox. */
class StopMsg implements Message {
  readonly tag = STOP_TAG;
  readonly reason: ExitReason;

  constructor(reason: ExitReason) {
    this.reason = reason;
  }
}

type AnyServer = GenServer<unknown, unknown, unknown, Message>;

function answer(server: AnyServer, self: Self, { request, from }: CallMsg): void | Promise<void> {
  if (server.handleCall === undefined) {
    from.fail('not_handled');
    return;
  }
  const reply = server.handleCall(self, request, from);
  if (reply instanceof Promise) {
    return reply.then((value) => {
      if (value !== NO_REPLY) from.reply(value);
    });
  }
  if (reply !== NO_REPLY) from.reply(reply);
}

/** What it may have or not is made when it is asked for: functions of its own would be a third of an idle server's memory. */
class GenServerProcess implements Behaviour, Published {
  readonly #server: AnyServer;

  constructor(server: AnyServer) {
    this.#server = server;
  }

  /** Only those that have a `terminate` get the asynchronous way out. */
  get terminate(): Behaviour['terminate'] {
    const server = this.#server;
    return server.terminate === undefined ? undefined : (self, reason) => server.terminate?.(self, reason);
  }

  get formatStatus(): Behaviour['formatStatus'] {
    const server = this.#server;
    return server.formatStatus === undefined ? undefined : () => server.formatStatus?.() ?? {};
  }

  get replaceState(): Behaviour['replaceState'] {
    const server = this.#server;
    return server.replaceState === undefined ? undefined : (state) => server.replaceState?.(state);
  }

  describe(): DetailObject {
    return this.#server.describe?.() ?? {};
  }

  init(self: Self): void | Promise<void> {
    if (this.#server.describe !== undefined) self.publish(this);
    return this.#server.init?.(self);
  }

  handle(self: Self, message: Message): void | Promise<void> {
    if (message instanceof CastMsg) {
      if (this.#server.handleCast !== undefined) return this.#server.handleCast(self, message.body);
    } else if (message instanceof CallMsg) {
      return answer(this.#server, self, message);
    } else {
      if (message instanceof StopMsg) return self.stop(message.reason);
      // As in OTP: the parent's end is not up for discussion, even when exits are trapped.
      if (message.tag === 'EXIT' && (message as ExitMsg).from === self.parent) self.stop((message as ExitMsg).reason);
      if (this.#server.handleInfo !== undefined) return this.#server.handleInfo(self, message);
    }
    self.system.report({ kind: 'unexpected_message', pid: self.pid, tag: message.tag });
  }
}

/**
 * Starts a server and waits for its `init`; to be used as (or in) a child spec's `start`. With a `name` it is registered
 * before `init`; a name that is taken gives `{error: {already_started: pid}}`. It is linked to `parent`.
 */
export function startGenServer<Call, Reply, Cast, Info extends Message>(
  system: ActorSystem,
  server: GenServer<Call, Reply, Cast, Info>,
  options: GenServerOptions = {},
): Promise<StartResult<ServerRef<Call, Reply, Cast>>> {
  const label = options.label ?? options.name ?? 'server';
  // The mailbox carries what the phantom types let in: the one place where they are taken on trust.
  return startResult(system.spawn(new GenServerProcess(server as unknown as AnyServer), { ...options, label }));
}

/**
 * Tells a server to stop with `reason`, after the messages that wait already, and waits until it has. Rejects with
 * `CallFailed`: `noproc`, or `timeout` after `timeoutMs` (default: never).
 */
export async function stopGenServer(
  system: ActorSystem,
  to: Address,
  reason: ExitReason = 'normal',
  timeoutMs = Infinity,
): Promise<void> {
  const pid: Pid | undefined = system.whereis(to);
  if (pid === undefined || !system.sendControl(pid, new StopMsg(reason))) throw new CallFailed(to, 'noproc');
  let timer: object | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = system.clock.setTimer(timeoutMs, () => reject(new CallFailed(to, 'timeout')));
  });
  try {
    await Promise.race([system.exited(pid), late]);
  } finally {
    if (timer !== undefined) system.clock.clearTimer(timer);
  }
}
