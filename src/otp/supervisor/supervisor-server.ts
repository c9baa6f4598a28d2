import type { From } from '../process/call.js';
import { checkFlags, checkSpec, checkSpecs } from './child-spec.js';
import type { AnyChildSpec, CheckedFlags, CheckedSpec, SpecError, SupFlags } from './child-spec.js';
import { ChildTable } from './child-table.js';
import type { Child, ChildKey } from './child-table.js';
import { endProcess, endProcesses } from './end-process.js';
import type { GenServer } from '../gen-server/gen-server.js';
import { addRestart, emptyWindow, restartsInWindow } from './intensity.js';
import type { RestartWindow } from './intensity.js';
import type { ExitMsg, Message } from '../process/message.js';
import type { ChildCounts, ChildView } from '../process/published.js';
import type { Self } from '../process/actor-system-types.js';
import { Pid } from '../process/pid.js';
import { isOrderly } from '../process/reason.js';
import type { ExitReason } from '../process/reason.js';
import type { StartResult } from '../gen-server/start-result.js';
import { affected, verdict } from './strategy.js';

/** What a supervisor's init callback gives. Under simple_one_for_one, exactly one spec. */
export interface SupInit {
  readonly flags?: SupFlags;
  readonly children: readonly AnyChildSpec[];
}

export type InitCallback = () => SupInit | 'ignore' | Promise<SupInit | 'ignore'>;

/** A child started: its process, or undefined if it said `ignore`. */
export type ChildStarted = { readonly ok: Pid | undefined; readonly info?: unknown } | { readonly error: unknown };

/** Requests to a supervisor; see supervisor.ts for what each does. */
export type SupCall =
  | { readonly tag: 'start_child'; readonly spec: unknown }
  | { readonly tag: 'start_dynamic'; readonly args: readonly unknown[] }
  | { readonly tag: 'restart_child'; readonly id: string }
  | { readonly tag: 'terminate_child'; readonly id: string | Pid }
  | { readonly tag: 'delete_child'; readonly id: string }
  | { readonly tag: 'which_children' }
  | { readonly tag: 'count_children' }
  | { readonly tag: 'get_childspec'; readonly id: string | Pid };

export type SupReply =
  ChildStarted | { readonly ok: true } | readonly ChildView[] | ChildCounts | CheckedSpec | { readonly error: unknown };

interface RetryMsg extends Message {
  readonly tag: '$retry';
  readonly key: ChildKey;
}

const OK = { ok: true } as const;
const NOT_FOUND = { error: 'not_found' } as const;
const SIMPLE = { error: 'simple_one_for_one' } as const;

function isStartResult(value: unknown): value is StartResult {
  return (
    value === 'ignore' ||
    (typeof value === 'object' && value !== null && ('error' in value || ('ok' in value && value.ok instanceof Pid)))
  );
}

/**
 * OTP's supervisor as a server. Serial by construction: starts, stops, deaths and requests are handled one after the
 * other, and each waits for its children (docs/decisions/0036-the-supervisors-are-otps.md). Restarts follow at once, as
 * in OTP: back-off is the business of who expects failure (see keyed-children.ts); here the intensity is the bound.
 */
export class SupervisorServer implements GenServer<SupCall, SupReply, never> {
  readonly #callback: InitCallback;
  #flags: CheckedFlags = { strategy: 'one_for_one', intensity: 1, periodS: 5, autoShutdown: 'never' };
  #window: RestartWindow = emptyWindow(1, 5000);
  #children = new ChildTable(false);
  /** The one spec of simple_one_for_one. */
  #template: CheckedSpec | undefined = undefined;

  constructor(callback: InitCallback) {
    this.#callback = callback;
  }

  async init(self: Self): Promise<void> {
    const given: unknown = await this.#callback();
    if (given === 'ignore') self.ignore();
    const specs = this.#configure(self, given);
    self.publish({
      supervisor: {
        strategy: this.#flags.strategy,
        intensity: this.#flags.intensity,
        periodS: this.#flags.periodS,
        restart: this.#template?.restart,
        restartsUsed: () => restartsInWindow(this.#window, self.system.clock.monotonic()),
        counts: () => this.#children.counts(),
        rows: (offset, limit) => this.#children.page(offset, limit),
      },
    });
    for (const spec of specs) {
      const child = this.#children.add(spec);
      const started = await this.#start(self, child);
      if ('error' in started) {
        this.#children.remove(child);
        await this.#stopAll(self);
        self.stop({ shutdown: { failed_to_start_child: spec.id, reason: started.error } });
      }
    }
  }

  handleCall(self: Self, request: SupCall, _from: From<SupReply>): SupReply | Promise<SupReply> {
    switch (request.tag) {
      case 'start_child':
        return this.#template !== undefined ? SIMPLE : this.#startChild(self, request.spec);
      case 'start_dynamic':
        return this.#template === undefined
          ? { error: 'not_simple_one_for_one' }
          : this.#startDynamic(self, request.args);
      case 'restart_child':
        return this.#restartChild(self, request.id);
      case 'terminate_child':
        return this.#terminateChild(self, request.id);
      case 'delete_child':
        return this.#deleteChild(request.id);
      case 'which_children':
        return Array.from(this.#children.rows(), (child) => this.#children.view(child)).reverse();
      case 'count_children':
        return this.#children.counts();
      case 'get_childspec':
        return this.#find(request.id)?.spec ?? NOT_FOUND;
    }
  }

  async handleInfo(self: Self, message: Message): Promise<void> {
    if (message.tag === 'EXIT') {
      // Signals from others than children mean nothing here (`handle_info` of supervisor.erl); the parent's never get
      // this far.
      const { from, reason } = message as ExitMsg;
      const child = this.#children.byPid(from);
      if (child !== undefined) await this.#ended(self, child, from, reason);
    } else if (message.tag === '$retry') {
      const child = this.#children.get((message as RetryMsg).key);
      // Terminated or started by hand in the meantime: nothing to retry.
      if (child?.restarting === true) await this.#restart(self, child);
    } else {
      self.system.report({ kind: 'unexpected_message', pid: self.pid, tag: message.tag });
    }
  }

  async terminate(self: Self): Promise<void> {
    await this.#stopAll(self);
  }

  #configure(self: Self, given: unknown): readonly CheckedSpec[] {
    const { flags = {}, children } = (given ?? {}) as { flags?: unknown; children?: unknown };
    if (!Array.isArray(children)) {
      self.stop({ term: { bad_return: { callback: this.#callback.name || 'init', value: given } } });
    }
    const checked = checkFlags(flags);
    if ('error' in checked) self.stop({ term: { supervisor_data: checked.error } });
    const specs = checkSpecs(children as readonly unknown[], checked.autoShutdown);
    if ('error' in specs) self.stop({ term: { start_spec: specs.error } });
    this.#flags = checked;
    this.#window = emptyWindow(checked.intensity, checked.periodS * 1000);
    if (checked.strategy !== 'simple_one_for_one') return specs;
    if (specs.length !== 1) self.stop({ term: { bad_start_spec: children } });
    this.#template = specs[0];
    this.#children = new ChildTable(true);
    return [];
  }

  /** Runs the start function and writes the outcome into the row. On failure the row is left without a process. */
  async #start(self: Self, child: Child, args = child.args): Promise<ChildStarted> {
    const { system, pid: parent } = self;
    const { spec } = child;
    let result: unknown;
    try {
      result = await spec.start({ system, parent }, ...args);
    } catch (error) {
      result = { error: { error } };
    }
    if (!isStartResult(result))
      result = { error: { bad_return: { callback: `start of "${spec.id}"`, value: result } } };
    const started = result as StartResult;
    if (started === 'ignore') {
      this.#children.setPid(child, undefined);
      if (this.#template !== undefined || spec.restart === 'temporary') this.#children.remove(child);
      return { ok: undefined };
    }
    if ('error' in started) {
      system.report({ kind: 'start_error', supervisor: parent, id: spec.id, error: started.error });
      return started;
    }
    // Its own spawn linked it already; one that did not would never be missed.
    system.link(parent, started.ok);
    this.#children.setPid(child, started.ok);
    system.report({ kind: 'child_started', supervisor: parent, child: started.ok, id: spec.id });
    return started;
  }

  async #ended(self: Self, child: Child, pid: Pid, reason: ExitReason): Promise<void> {
    const { spec } = child;
    this.#children.setPid(child, undefined);
    if (!isOrderly(reason)) this.#children.recordCrash(child, pid, { at: self.now(), reason });
    if (spec.restart === 'permanent' || !isOrderly(reason)) {
      self.system.report({ kind: 'child_terminated', supervisor: self.pid, child: pid, id: spec.id, reason });
    }
    const next = verdict(spec.restart, reason);
    if (next === 'restart') return this.#restart(self, child);
    if (next === 'forget' || this.#template !== undefined) this.#children.remove(child);
    this.#autoShutdown(self, child);
  }

  /**
   * One attempt, which counts once against the intensity however many children it takes along (`add_restart` of
   * supervisor.erl).
   */
  async #restart(self: Self, child: Child): Promise<void> {
    const { ok, window } = addRestart(this.#window, self.system.clock.monotonic());
    this.#window = window;
    if (!ok) {
      const { intensity, periodS } = this.#flags;
      self.system.report({ kind: 'intensity_reached', supervisor: self.pid, id: child.spec.id, intensity, periodS });
      self.stop('shutdown');
    }
    const { stop, start } =
      typeof child.key === 'number'
        ? { stop: [], start: [child.key] }
        : affected(this.#flags.strategy, this.#children.keys() as readonly string[], child.key);
    for (const key of stop) await this.#stopBystander(self, key);
    for (const key of start) {
      const next = this.#children.get(key);
      // Temporary bystanders are gone for good (`del_child` of supervisor.erl).
      if (next === undefined) continue;
      next.restarts++;
      const started = await this.#start(self, next);
      if ('error' in started) return this.#retry(self, next);
    }
  }

  /** Through the mailbox, so that requests and a shutdown get in between (`try_again_restart` of supervisor.erl). */
  #retry(self: Self, child: Child): void {
    this.#children.setRestarting(child);
    const message: RetryMsg = { tag: '$retry', key: child.key };
    self.system.sendControl(self.pid, message);
  }

  async #stopBystander(self: Self, key: ChildKey): Promise<void> {
    const child = this.#children.get(key);
    if (child === undefined) return;
    await this.#stop(self, child);
    if (child.spec.restart === 'temporary') this.#children.remove(child);
  }

  /** Ends the child's process, if it has one; the row stays. */
  async #stop(self: Self, child: Child): Promise<void> {
    const { pid } = child;
    this.#children.setPid(child, undefined);
    if (pid === undefined) return;
    this.#judgeEnd(self, child, pid, await endProcess(self.system, self.pid, pid, child.spec.shutdown));
  }

  /**
   * A child that did not end as told is worth a report (`do_terminate` of supervisor.erl); one
   * that had crashed just before, worth remembering.
   */
  #judgeEnd(self: Self, child: Child, pid: Pid, reason: ExitReason): void {
    const { spec } = child;
    const told = reason === (spec.shutdown === 'brutal_kill' ? 'killed' : 'shutdown');
    if (told || (spec.restart !== 'permanent' && isOrderly(reason))) return;
    if (typeof reason === 'object' && !isOrderly(reason)) {
      this.#children.recordCrash(child, pid, { at: self.now(), reason });
    }
    self.system.report({ kind: 'shutdown_error', supervisor: self.pid, child: pid, id: spec.id, reason });
  }

  /**
   * Static children one by one, newest first; dynamic ones all at once (`terminate_dynamic_children` of
   * supervisor.erl).
   */
  async #stopAll(self: Self): Promise<void> {
    const rows = [...this.#children.rows()].reverse();
    if (this.#template === undefined) {
      for (const child of rows) await this.#stop(self, child);
      return;
    }
    const running = rows.filter((child) => child.pid !== undefined);
    const pids = running.map((child) => child.pid as Pid);
    const reasons = await endProcesses(self.system, self.pid, pids, this.#template.shutdown);
    running.forEach((child, i) => this.#judgeEnd(self, child, pids[i] as Pid, reasons[i] as ExitReason));
    for (const child of rows) this.#children.remove(child);
  }

  #autoShutdown(self: Self, { spec }: Child): void {
    const { autoShutdown } = this.#flags;
    if (autoShutdown === 'never' || !spec.significant) return;
    if (autoShutdown === 'all_significant') {
      for (const row of this.#children.rows()) {
        if (row.spec.significant && (row.pid !== undefined || row.restarting)) return;
      }
    }
    self.stop('shutdown');
  }

  async #startChild(self: Self, given: unknown): Promise<SupReply> {
    const spec: CheckedSpec | { error: SpecError } = checkSpec(given, this.#flags.autoShutdown);
    if ('error' in spec) return spec;
    const old = this.#children.get(spec.id);
    if (old !== undefined) return { error: old.pid === undefined ? 'already_present' : { already_started: old.pid } };
    return this.#startNew(self, this.#children.add(spec));
  }

  async #startDynamic(self: Self, args: readonly unknown[]): Promise<SupReply> {
    const spec = this.#template as CheckedSpec;
    return this.#startNew(self, this.#children.add(spec, spec.restart === 'temporary' ? [] : args), args);
  }

  async #startNew(self: Self, child: Child, args?: readonly unknown[]): Promise<SupReply> {
    const started = await this.#start(self, child, args);
    if ('error' in started) this.#children.remove(child);
    return started;
  }

  async #restartChild(self: Self, id: string): Promise<SupReply> {
    if (this.#template !== undefined) return SIMPLE;
    const child = this.#children.get(id);
    if (child === undefined) return NOT_FOUND;
    if (child.restarting) return { error: 'restarting' };
    if (child.pid !== undefined) return { error: 'running' };
    return this.#start(self, child);
  }

  async #terminateChild(self: Self, id: string | Pid): Promise<SupReply> {
    if (this.#template !== undefined) {
      if (!(id instanceof Pid)) return SIMPLE;
      // A process that has ended already counts as terminated (`terminate_child` of supervisor.erl).
      if (this.#children.byPid(id) === undefined) return self.system.isAlive(id) ? NOT_FOUND : OK;
    } else if (id instanceof Pid) return NOT_FOUND;
    const child = this.#find(id);
    if (child === undefined) return NOT_FOUND;
    await this.#stop(self, child);
    if (this.#template !== undefined || child.spec.restart === 'temporary') this.#children.remove(child);
    return OK;
  }

  #deleteChild(id: string): SupReply {
    if (this.#template !== undefined) return SIMPLE;
    const child = this.#children.get(id);
    if (child === undefined) return NOT_FOUND;
    if (child.restarting) return { error: 'restarting' };
    if (child.pid !== undefined) return { error: 'running' };
    this.#children.remove(child);
    return OK;
  }

  #find(id: string | Pid): Child | undefined {
    return id instanceof Pid ? this.#children.byPid(id) : this.#children.get(id);
  }
}
