import { ApiError } from './errors.js';

/**
 * The outcome of the work, or a 503 once `ms` have passed. The work itself goes on: it can't be undone, and the
 * error says so.
 */
export async function withDeadline<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ApiError('timed_out', { ms }, { headers: { 'retry-after': '5' } })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
