/** Results kept per state; a fleet applies the same few texts to the same state. */
const KEPT = 8;

// Two functions, as closures of one share what they hold: `weakly` would hold its result for the sake of `strongly`.
function strongly<R>(result: R) {
  return (): R => result;
}
function weakly<R extends object>(result: R): () => R | undefined {
  const reference = new WeakRef(result);
  return () => reference.deref();
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * A pure function of (state, key) that remembers its latest results, so that a thousand simulated hosts parse one text
 * once, and end with one shared result. Forgotten with the state. A result often is, or has in it, the next state, and a
 * chain of states would never end: `next` names that part (default: the result itself, if it is an object), and the
 * result is kept only as long as other code refers to it.
 */
export function remember<S extends object, R>(
  compute: (state: S, key: string) => R,
  next: (result: R) => unknown = (result) => result,
): (state: S, key: string) => R {
  const results = new WeakMap<S, Map<string, () => R | undefined>>();
  const living = new WeakMap<object, R>();
  const held = (result: R): (() => R | undefined) => {
    const state = next(result);
    if (!isObject(result) || !isObject(state)) return strongly(result);
    living.set(state, result);
    return weakly(result);
  };
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
