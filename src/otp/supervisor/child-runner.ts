import type { CheckedSpec } from './child-spec.js';
import { ChildTable } from './child-table.js';
import type { Child } from './child-table.js';
import { endProcess, endProcesses } from './end-process.js';
import type { StartResult } from '../gen-server/start-result.js';
import type { Self } from '../process/actor-system-types.js';
import { Pid } from '../process/pid.js';
import { isOrderly } from '../process/reason.js';
import type { ExitReason } from '../process/reason.js';
import type { Offender } from '../process/report.js';
import type { ChildStarted } from './sup-requests.js';

function isStartResult(value: unknown): value is StartResult {
  return (
    value === 'ignore' ||
    (typeof value === 'object' && value !== null && ('error' in value || ('ok' in value && value.ok instanceof Pid)))
  );
}

/** The child as reports name it; `pid` is the one that the report is about. */
export function offenderOf({ spec: { id, restart, shutdown, type } }: Child, pid: Pid | undefined): Offender {
  return { id, pid, restart, shutdown, type };
}

/** Starts and stops the children of one supervisor, and keeps their rows. */
export class ChildRunner {
  readonly children: ChildTable;
  /** The one spec of simple_one_for_one. */
  readonly #template: CheckedSpec | undefined;

  constructor(template: CheckedSpec | undefined) {
    this.#template = template;
    this.children = new ChildTable(template !== undefined);
  }

  /**
   * Runs the start function and writes the outcome into the row. On failure the row is left without a process, or, where
   * it is `isNew`, removed.
   */
  start(self: Self, child: Child, args = child.args, isNew = false): Promise<ChildStarted> {
    const { spec } = child;
    const taken = (given: unknown): ChildStarted => {
      const started = this.#started(self, child, given);
      if (isNew && 'error' in started) this.children.remove(child);
      return started;
    };
    const failed = (error: unknown): ChildStarted => taken({ error: { error } });
    try {
      // Without `async`: each promise costs, since asynchronous context follows it.
      const starting: unknown = spec.start({ system: self.system, parent: self.pid }, ...args);
      return Promise.resolve(starting).then(taken, failed);
    } catch (error) {
      return Promise.resolve(failed(error));
    }
  }

  /** Takes in what a start function gave. */
  #started(self: Self, child: Child, given: unknown): ChildStarted {
    const { system, pid: parent } = self;
    const { spec } = child;
    const started: StartResult = isStartResult(given)
      ? given
      : { error: { bad_return: { callback: `start of "${spec.id}"`, value: given } } };
    if (started === 'ignore') {
      this.children.setPid(child, undefined);
      if (this.#template !== undefined || spec.restart === 'temporary') this.children.remove(child);
      return { ok: undefined };
    }
    if ('error' in started) {
      const offender = offenderOf(child, undefined);
      system.report({ kind: 'start_error', supervisor: parent, id: spec.id, error: started.error, offender });
      return started;
    }
    // Its own spawn linked it already; one that did not would never be missed.
    system.link(parent, started.ok);
    this.children.setPid(child, started.ok);
    const offender = offenderOf(child, started.ok);
    system.report({ kind: 'child_started', supervisor: parent, child: started.ok, id: spec.id, offender });
    return started;
  }

  /** Ends the child's process, if it has one; the row stays. */
  async stop(self: Self, child: Child): Promise<void> {
    const { pid } = child;
    this.children.setPid(child, undefined);
    if (pid === undefined) return;
    this.#judgeEnd(self, child, pid, await endProcess(self.system, self.pid, pid, child.spec.shutdown));
  }

  /**
   * Static children one by one, newest first; dynamic ones all at once (`terminate_dynamic_children` of
   * supervisor.erl).
   */
  async stopAll(self: Self): Promise<void> {
    const rows = [...this.children.rows()].reverse();
    if (this.#template === undefined) {
      for (const child of rows) await this.stop(self, child);
      return;
    }
    const running = rows.filter((child) => child.pid !== undefined);
    const pids = running.map((child) => child.pid as Pid);
    const reasons = await endProcesses(self.system, self.pid, pids, this.#template.shutdown);
    running.forEach((child, i) => this.#judgeEnd(self, child, pids[i] as Pid, reasons[i] as ExitReason));
    for (const child of rows) this.children.remove(child);
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
      this.children.recordCrash(child, pid, { at: self.now(), reason });
    }
    const offender = offenderOf(child, pid);
    self.system.report({ kind: 'shutdown_error', supervisor: self.pid, child: pid, id: spec.id, reason, offender });
  }
}
