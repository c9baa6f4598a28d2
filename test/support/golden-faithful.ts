import type { GoldenCase } from './golden-cases.js';

const differs = (value: unknown): boolean =>
  value === 'differs' ||
  (typeof value === 'object' && value !== null && Object.values(value).some((inner) => differs(inner)));

/** Whether `dog1` must give the very bytes of a case: the kernel takes them, and they read back to the same hash. */
export const isFaithful = (item: GoldenCase<unknown, unknown>): boolean =>
  item.kernel === 'accepted' && !differs(item.kernelDetail);
