import type { Name, Pid } from './pid.js';

/** Names of live processes. The actor system owns one and drops a process's names in the step in which it dies. */
export class Registry {
  readonly #byName = new Map<Name, Pid>();

  whereis(name: Name): Pid | undefined {
    return this.#byName.get(name);
  }

  /** False if the name is taken, also by `pid` itself. A process may have several names. */
  register(name: Name, pid: Pid): boolean {
    if (this.#byName.has(name)) return false;
    this.#byName.set(name, pid);
    return true;
  }

  /** Frees the name; gives its former holder. */
  unregister(name: Name): Pid | undefined {
    const holder = this.#byName.get(name);
    this.#byName.delete(name);
    return holder;
  }
}
