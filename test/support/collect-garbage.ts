import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects all garbage, also what only an ended turn of the event loop lets go (targets of weak references). */
export async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await sleep(0);
    gc();
  }
}

/** Objects to be seen off: counts those that are still there after a collection. */
export class Survivors {
  readonly #references: WeakRef<object>[] = [];

  /** Takes note of it, without holding it; gives it back. */
  watch<T extends object>(object: T): T {
    this.#references.push(new WeakRef(object));
    return object;
  }

  async count(): Promise<number> {
    await collectGarbage();
    return this.#references.filter((reference) => reference.deref() !== undefined).length;
  }
}
