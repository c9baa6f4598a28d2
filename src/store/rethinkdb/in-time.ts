import type { StoreError } from '../store.js';

/** Rejects with what `late` gives when `promise` takes longer than `ms`; the driver has no deadlines of its own. */
export async function inTime<T>(promise: Promise<T>, ms: number, late: () => StoreError): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
