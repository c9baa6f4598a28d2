import type { CheckedSpec } from './child-spec.js';
import type { ChildCounts, ChildView, Crash } from '../process/published.js';
import type { Pid } from '../process/pid.js';

/** Ids for static children, running numbers for dynamic ones. */
export type ChildKey = string | number;

/** One row. `pid` and `restarting` are set through the table only, which keeps its indexes true. */
export class Child {
  readonly key: ChildKey;
  readonly spec: CheckedSpec;
  /** Arguments of a dynamic child; those of temporary ones are not kept, as `save_child` of supervisor.erl does. */
  readonly args: readonly unknown[];
  pid: Pid | undefined = undefined;
  /** It failed to restart and will be tried again. */
  restarting = false;
  restarts = 0;
  lastCrash: Crash | undefined = undefined;

  constructor(key: ChildKey, spec: CheckedSpec, args: readonly unknown[]) {
    this.key = key;
    this.spec = spec;
    this.args = args;
  }
}

const NO_ARGS: readonly unknown[] = [];

/** Labels of dynamic children whose crashes are remembered after they are gone; the oldest is forgotten first. */
const REMEMBERED = 1000;

/** A supervisor's children in start order, indexed by key and by process. All single steps are O(1). */
export class ChildTable {
  readonly dynamic: boolean;
  readonly #rows = new Map<ChildKey, Child>();
  readonly #byPid = new Map<number, Child>();
  /** By label: a temporary child's row dies with it, its history should not. */
  readonly #crashes = new Map<string, { restarts: number; last: Crash }>();
  #lastKey = 0;

  constructor(dynamic: boolean) {
    this.dynamic = dynamic;
  }

  get size(): number {
    return this.#rows.size;
  }

  add(spec: CheckedSpec, args: readonly unknown[] = NO_ARGS): Child {
    const child = new Child(this.dynamic ? ++this.#lastKey : spec.id, spec, args);
    this.#rows.set(child.key, child);
    return child;
  }

  remove(child: Child): void {
    this.setPid(child, undefined);
    this.#rows.delete(child.key);
  }

  get(key: ChildKey): Child | undefined {
    return this.#rows.get(key);
  }

  byPid(pid: Pid): Child | undefined {
    return this.#byPid.get(pid.id);
  }

  setPid(child: Child, pid: Pid | undefined): void {
    if (child.pid !== undefined) this.#byPid.delete(child.pid.id);
    child.pid = pid;
    child.restarting = false;
    if (pid !== undefined) this.#byPid.set(pid.id, child);
  }

  setRestarting(child: Child): void {
    this.setPid(child, undefined);
    child.restarting = true;
  }

  recordCrash(child: Child, pid: Pid, crash: Crash): void {
    child.lastCrash = crash;
    if (!this.dynamic) return;
    const restarts = (this.#crashes.get(pid.label)?.restarts ?? 0) + 1;
    this.#crashes.delete(pid.label);
    this.#crashes.set(pid.label, { restarts, last: crash });
    if (this.#crashes.size > REMEMBERED) this.#crashes.delete(this.#crashes.keys().next().value as string);
  }

  /** In start order. */
  rows(): IterableIterator<Child> {
    return this.#rows.values();
  }

  keys(): readonly ChildKey[] {
    return [...this.#rows.keys()];
  }

  counts(): ChildCounts {
    const active = this.#byPid.size;
    let supervisors = 0;
    if (this.dynamic) {
      // One spec makes them all.
      const first = this.#rows.values().next().value;
      if (first?.spec.type === 'supervisor') supervisors = this.size;
      return { specs: 1, active, supervisors, workers: this.size - supervisors };
    }
    for (const child of this.#rows.values()) if (child.spec.type === 'supervisor') supervisors++;
    return { specs: this.size, active, supervisors, workers: this.size - supervisors };
  }

  view(child: Child): ChildView {
    const history = this.dynamic && child.pid !== undefined ? this.#crashes.get(child.pid.label) : undefined;
    return {
      id: this.dynamic ? undefined : child.spec.id,
      child: child.restarting ? 'restarting' : child.pid,
      type: child.spec.type,
      restarts: history?.restarts ?? child.restarts,
      lastCrash: history?.last ?? child.lastCrash,
    };
  }

  page(offset: number, limit: number): readonly ChildView[] {
    const page: ChildView[] = [];
    let at = 0;
    for (const child of this.#rows.values()) {
      if (page.length >= limit) break;
      if (at++ >= offset) page.push(this.view(child));
    }
    return page;
  }
}
