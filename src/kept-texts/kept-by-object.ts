/**
 * What was made of objects that never change, such as documents as a store hands them out, found again by the object itself. Nothing is
 * ever invalid: a document that changes is another object, so what was made of the old one is found by nobody, and goes with it.
 * At most two generations of `most` characters (or bytes) are kept: what is not asked for during one of them is forgotten.
 */
export class KeptByObject<Made extends { readonly length: number }> {
  readonly #most: number;
  #young = new WeakMap<object, Made>();
  #old = new WeakMap<object, Made>();
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** What was kept of the object; undefined: nothing, or no longer. */
  get(object: object): Made | undefined {
    const made = this.#young.get(object);
    if (made !== undefined) return made;
    const old = this.#old.get(object);
    if (old !== undefined) this.set(object, old);
    return old;
  }

  /** Keeps it, unless it alone would take a good part of the room. The object must be deeply frozen. */
  set(object: object, made: Made): void {
    if (made.length > this.#most / 4) return;
    if (this.#length + made.length > this.#most) {
      this.#old = this.#young;
      this.#young = new WeakMap();
      this.#length = 0;
    }
    this.#young.set(object, made);
    this.#length += made.length;
  }
}
