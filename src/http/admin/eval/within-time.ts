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
  let done = false;
  let result: T | undefined;
  const context = createContext({
    work: () => {
      result = work();
      done = true;
    },
  });
  try {
    runInContext('work()', context, { timeout: ms });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
  if (!done) throw new OutOfTime(`it was stopped after ${ms} ms`);
  return result as T;
}
