/**
 * Lets tasks that share a key run one after the other. Commits of one server that touch the same document would
 * otherwise keep refusing each other in the database.
 */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<void>>();

  async run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const before = keys.flatMap((key) => this.#last.get(key) ?? []);
    let release: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (release = resolve));
    for (const key of keys) this.#last.set(key, done);
    await Promise.all(before);
    try {
      return await task();
    } finally {
      for (const key of keys) if (this.#last.get(key) === done) this.#last.delete(key);
      release();
    }
  }
}
