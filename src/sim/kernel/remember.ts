/** Results kept a state; a fleet applies the same few texts to the same state. */
const KEPT = 8;

/** Objects weakly: a result is often the next state, and a chain of states would never end. */
const held = <R>(result: R): (() => R | undefined) => {
  if (typeof result !== 'object' || result === null) return () => result;
  const reference = new WeakRef(result);
  return () => reference.deref();
};

/**
 * A pure function of (state, key) that remembers its latest results, so that a thousand simulated hosts parse one text
 * once, and end with one shared result. Forgotten with the state, and results that nobody else has with them.
 */
export function remember<S extends object, R>(compute: (state: S, key: string) => R): (state: S, key: string) => R {
  const results = new WeakMap<S, Map<string, () => R | undefined>>();
  return (state, key) => {
    let known = results.get(state);
    if (known === undefined) results.set(state, (known = new Map<string, () => R | undefined>()));
    const old = known.get(key)?.();
    if (old !== undefined) return old;
    const result = compute(state, key);
    const [oldest] = known.keys();
    if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
    known.set(key, held(result));
    return result;
  };
}
