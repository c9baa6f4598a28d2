import type { From } from '../process/call.js';
import { checkSpec } from './child-spec.js';
import type { CheckedFlags, CheckedSpec, SpecError } from './child-spec.js';
import { ChildRunner, offenderOf } from './child-runner.js';
import type { Child, ChildKey, ChildTable } from './child-table.js';
import type { GenServer } from '../gen-server/gen-server.js';
import { addRestart, emptyWindow, restartsInWindow } from './intensity.js';
import type { RestartWindow } from './intensity.js';
import type { ExitMsg, Message } from '../process/message.js';
import type { DetailObject } from '../process/published.js';
import type { Self } from '../process/actor-system-types.js';
import { Pid } from '../process/pid.js';
import { isOrderly } from '../process/reason.js';
import type { ExitReason } from '../process/reason.js';
import { affected, verdict } from './strategy.js';
import type { InitCallback, SupCall, SupReply } from './sup-requests.js';
import { readSetup } from './sup-setup.js';
import { supervisorState } from './supervisor-state.js';

interface RetryMsg extends Message {
  readonly tag: '$retry';
  readonly key: ChildKey;
}

const OK = { ok: true } as const;
const NOT_FOUND = { error: 'not_found' } as const;
const SIMPLE = { error: 'simple_one_for_one' } as const;

/**
 * OTP's supervisor as a server. Serial by construction: starts, stops, deaths and requests are handled one after the
 * other, and each waits for its children (docs/decisions/0036-the-supervisors-are-otps.md). Restarts follow at once, as
 * in OTP: back-off is the business of who expects failure (see keyed-children.ts); here the intensity is the bound.
 */
export class SupervisorServer implements GenServer<SupCall, SupReply, never> {
  readonly #callback: InitCallback;
  #flags: CheckedFlags = { strategy: 'one_for_one', intensity: 1, periodS: 5, autoShutdown: 'never' };
  #window: RestartWindow = emptyWindow(1, 5000);
  #runner = new ChildRunner(undefined);
  /** The one spec of simple_one_for_one. */
  #template: CheckedSpec | undefined = undefined;
  #restartsUsed: () => number = () => 0;

  constructor(callback: InitCallback) {
    this.#callback = callback;
  }

  get #children(): ChildTable {
    return this.#runner.children;
  }

  async init(self: Self): Promise<void> {
    const given: unknown = await this.#callback();
    if (given === 'ignore') self.ignore();
    const setup = readSetup(given, this.#callback.name || 'init');
    if ('wrong' in setup) self.stop({ term: setup.wrong });
    const { strategy, intensity, periodS } = (this.#flags = setup.flags);
    this.#window = emptyWindow(intensity, periodS * 1000);
    this.#template = setup.template;
    this.#runner = new ChildRunner(setup.template);
    this.#restartsUsed = () => restartsInWindow(this.#window, self.system.clock.monotonic());
    self.publish({
      supervisor: {
        strategy,
        intensity,
        periodS,
        restart: this.#template?.restart,
        restartsUsed: this.#restartsUsed,
        counts: () => this.#children.counts(),
        rows: (offset, limit) => this.#children.page(offset, limit),
      },
    });
    for (const spec of setup.specs) {
      const child = this.#children.add(spec);
      const started = await this.#runner.start(self, child);
      if ('error' in started) {
        this.#children.remove(child);
        await this.#runner.stopAll(self);
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
      case 'restart_running':
        return this.#restartRunning(self, request.id);
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
    await this.#runner.stopAll(self);
  }

  formatStatus(): DetailObject {
    return supervisorState(this.#flags, this.#restartsUsed(), this.#children);
  }

  async #ended(self: Self, child: Child, pid: Pid, reason: ExitReason): Promise<void> {
    const { spec } = child;
    this.#children.setPid(child, undefined);
    if (!isOrderly(reason)) this.#children.recordCrash(child, pid, { at: self.now(), reason });
    if (spec.restart === 'permanent' || !isOrderly(reason)) {
      const offender = offenderOf(child, pid);
      self.system.report({ kind: 'child_terminated', supervisor: self.pid, child: pid, id: spec.id, reason, offender });
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
      const { id } = child.spec;
      const offender = offenderOf(child, undefined);
      self.system.report({ kind: 'intensity_reached', supervisor: self.pid, id, intensity, periodS, offender });
      self.stop('shutdown');
    }
    const { stop, start } = this.#affected(child);
    for (const key of stop) await this.#stopBystander(self, key);
    await this.#startAgain(self, start, true);
  }

  #affected(child: Child): { readonly stop: readonly ChildKey[]; readonly start: readonly ChildKey[] } {
    if (typeof child.key === 'number') return { stop: [], start: [child.key] };
    return affected(this.#flags.strategy, this.#children.keys() as readonly string[], child.key);
  }

  /** The first that fails is tried again later, and with it those after it. */
  async #startAgain(self: Self, keys: readonly ChildKey[], ended: boolean): Promise<{ readonly error?: unknown }> {
    for (const key of keys) {
      const next = this.#children.get(key);
      // Temporary bystanders are gone for good (`del_child` of supervisor.erl).
      if (next === undefined) continue;
      if (ended) next.restarts++;
      const started = await this.#runner.start(self, next);
      if ('error' in started) {
        this.#retry(self, next);
        return started;
      }
    }
    return {};
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
    await this.#runner.stop(self, child);
    if (child.spec.restart === 'temporary') this.#children.remove(child);
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

  #startChild(self: Self, given: unknown): SupReply | Promise<SupReply> {
    const spec: CheckedSpec | { error: SpecError } = checkSpec(given, this.#flags.autoShutdown);
    if ('error' in spec) return spec;
    const old = this.#children.get(spec.id);
    if (old !== undefined) return { error: old.pid === undefined ? 'already_present' : { already_started: old.pid } };
    return this.#startNew(self, this.#children.add(spec));
  }

  #startDynamic(self: Self, args: readonly unknown[]): Promise<SupReply> {
    const spec = this.#template as CheckedSpec;
    return this.#startNew(self, this.#children.add(spec, spec.restart === 'temporary' ? undefined : args), args);
  }

  #startNew(self: Self, child: Child, args?: readonly unknown[]): Promise<SupReply> {
    return this.#runner.start(self, child, args, true);
  }

  async #restartChild(self: Self, id: string): Promise<SupReply> {
    if (this.#template !== undefined) return SIMPLE;
    const child = this.#children.get(id);
    if (child === undefined) return NOT_FOUND;
    if (child.restarting) return { error: 'restarting' };
    if (child.pid !== undefined) return { error: 'running' };
    return this.#runner.start(self, child);
  }

  /** As if the child had ended by itself, but nothing counts against the intensity. */
  async #restartRunning(self: Self, id: string | Pid): Promise<SupReply> {
    const child = this.#find(id);
    if (child === undefined) return NOT_FOUND;
    if (child.restarting) return { error: 'restarting' };
    // The arguments of such a child are not kept.
    if (this.#template !== undefined && child.spec.restart === 'temporary') return { error: 'temporary' };
    const { start } = this.#affected(child);
    for (const key of [...start].reverse()) {
      if (key === child.key) await this.#runner.stop(self, child);
      else await this.#stopBystander(self, key);
    }
    const { error } = await this.#startAgain(self, start, false);
    return error === undefined ? { ok: child.pid } : { error };
  }

  async #terminateChild(self: Self, id: string | Pid): Promise<SupReply> {
    if (this.#template !== undefined) {
      if (!(id instanceof Pid)) return SIMPLE;
      // A process that has ended already counts as terminated (`terminate_child` of supervisor.erl).
      if (this.#children.byPid(id) === undefined) return self.system.isAlive(id) ? NOT_FOUND : OK;
    } else if (id instanceof Pid) return NOT_FOUND;
    const child = this.#find(id);
    if (child === undefined) return NOT_FOUND;
    await this.#runner.stop(self, child);
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
