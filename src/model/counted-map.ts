/** A map that counts its changes, so that who looks at it now and then sees whether there was any. */
export class CountedMap<Key, Value> extends Map<Key, Value> {
  #changes = 0;

  constructor() {
    super();
  }

  /** Grows with each `set` and each `delete`, also where they change nothing. */
  get changes(): number {
    return this.#changes;
  }

  override set(key: Key, value: Value): this {
    this.#changes += 1;
    return super.set(key, value);
  }

  override delete(key: Key): boolean {
    this.#changes += 1;
    return super.delete(key);
  }

  override clear(): void {
    this.#changes += 1;
    super.clear();
  }
}
