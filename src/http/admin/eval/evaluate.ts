import { types } from 'node:util';
import { createContext, Script } from 'node:vm';
import { showThrown, showValue } from './show-value.js';
import { OutOfTime, withinTime } from './within-time.js';

/** What became of code: its value as text, or why there is none. */
export type Evaluated = { readonly ok: true; readonly shown: string } | { readonly ok: false; readonly reason: string };

/** How long code may keep the server busy, how long it may take to show what came out, and how long a promise is waited for. */
export interface EvalTimes {
  readonly runMs: number;
  readonly showMs: number;
  readonly settleMs: number;
}

/**
 * Runs code as a script in a context of its own that has these names, and gives its value; of a promise, what becomes of
 * it. This keeps mistakes apart, not attackers: `node:vm` is no sandbox (docs/security.md#the-consoles-eval). Nothing that
 * the code throws is thrown here.
 */
export async function evaluate(
  code: string,
  names: Readonly<Record<string, unknown>>,
  { runMs, showMs, settleMs }: EvalTimes,
): Promise<Evaluated> {
  try {
    const context = createContext({ ...names }, { name: 'console' });
    const value = withinTime(runMs, (): unknown =>
      new Script(code, { filename: 'eval' }).runInContext(context, { displayErrors: false }),
    );
    const settled = types.isPromise(value) ? await patiently(value, settleMs) : value;
    return { ok: true, shown: withinTime(showMs, () => showValue(settled)) };
  } catch (thrown) {
    return { ok: false, reason: reasonOf(thrown, showMs) };
  }
}

function reasonOf(thrown: unknown, showMs: number): string {
  if (thrown instanceof OutOfTime) return thrown.message;
  try {
    return `it threw ${withinTime(showMs, () => showThrown(thrown))}`;
  } catch {
    return 'it threw something that cannot be shown';
  }
}

/** What becomes of a promise, if that happens in time. */
async function patiently(promise: Promise<unknown>, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutOfTime(`its promise was still open after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
