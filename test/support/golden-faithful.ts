import type { GoldenCase } from './golden-cases.js';

function differs(value: unknown): boolean {
  return (
    value === 'differs' ||
    (typeof value === 'object' && value !== null && Object.values(value).some((inner) => differs(inner)))
  );
}

/** Whether `dog1` must give the very bytes of a case: the kernel takes them, and they read back to the same hash. */
export function isFaithful(item: GoldenCase<unknown, unknown>): boolean {
  return item.kernel === 'accepted' && !differs(item.kernelDetail);
}
