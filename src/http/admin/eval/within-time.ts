import { createContext, runInContext } from 'node:vm';

/** Code was stopped because its time was over. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * Does `work`, all of it synchronous, and stops it after so many milliseconds wherever it is, in functions of ours that it
 * calls too. The rest of the server stands still meanwhile.
 * @throws OutOfTime, and whatever `work` throws
 */
export function withinTime<T>(ms: number, work: () => T): T {
  let outcome: { readonly result: T } | { readonly thrown: unknown } | undefined;
  const context = createContext({
    // What is thrown goes around the machinery of `node:vm`, which would look at it, and so run code of it.
    work: () => {
      try {
        outcome = { result: work() };
      } catch (thrown) {
        outcome = { thrown };
      }
    },
  });
  try {
    runInContext('work()', context, { timeout: ms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
  // The time was over just when it was done, or before.
  if (outcome === undefined) throw new OutOfTime(`it was stopped after ${ms} ms`);
  if ('thrown' in outcome) throw outcome.thrown;
  return outcome.result;
}
