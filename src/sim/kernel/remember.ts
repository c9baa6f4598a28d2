/** Results kept a state; a fleet applies the same few texts to the same state. */
const KEPT = 8;

/**
 * A pure function of (state, key) that remembers its latest results, so that a thousand simulated hosts parse one text
 * once, and end with one shared result. Forgotten with the state.
 */
export function remember<S extends object, R>(compute: (state: S, key: string) => R): (state: S, key: string) => R {
  const results = new WeakMap<S, Map<string, R>>();
  return (state, key) => {
    let known = results.get(state);
    if (known === undefined) results.set(state, (known = new Map<string, R>()));
    const old = known.get(key);
    if (old !== undefined) return old;
    const result = compute(state, key);
    const [oldest] = known.keys();
    if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
    known.set(key, result);
    return result;
  };
}
