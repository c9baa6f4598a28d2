import { LEASE_ID, leaseDocument, readLease } from '../../cluster/lease.js';
import type { Store } from '../../store/store.js';

/**
 * Gives up whatever lease this holder has, so that another server takes over at once. False: it has none.
 * Only when the holder can send nothing any more. May reject with a `StoreError`; the lease then just expires.
 */
export async function releaseLease(store: Store, holder: string): Promise<boolean> {
  const result = await store.commit(
    [
      {
        op: 'edit',
        table: 'setting',
        id: LEASE_ID,
        edit: (doc) => {
          const found = readLease(doc);
          const mine = found.kind === 'lease' && found.lease.holder === holder;
          return mine ? leaseDocument({ ...found.lease, expiresAt: 0 }) : { refused: {} };
        },
      },
    ],
    { author: 'system', audit: false },
  );
  return result.ok;
}
