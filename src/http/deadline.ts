import { ApiError } from './errors.js';

/**
 * The outcome of the work, or a 503 once `ms` have passed. The work itself goes on: it can't be undone, and the
 * error says so.
 */
export function withDeadline<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new ApiError('timed_out', { ms }, { headers: { 'retry-after': '5' } }));
    const timer = setTimeout(late, ms);
    work.then(
      (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      },
      (error: unknown) => {
        clearTimeout(timer);
        // As it was thrown.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}
