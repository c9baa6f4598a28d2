import { LEASE_ID, leaseDocument, readLease, type Lease } from '../cluster/lease.js';
import type { Store } from '../store/store.js';

/**
 * Gives a lease up, so that another server takes over at once. False: it is not this holder's any more.
 * Only when nothing can be sent any more by the one who held it. May reject with a `StoreError`; it then just expires.
 */
export const releaseLease = async (store: Store, { holder, term }: Lease): Promise<boolean> => {
  const result = await store.commit(
    [
      {
        op: 'edit',
        table: 'setting',
        id: LEASE_ID,
        edit: (doc) => {
          const found = readLease(doc);
          const mine = found.kind === 'lease' && found.lease.holder === holder && found.lease.term === term;
          return mine ? leaseDocument({ ...found.lease, expiresAt: 0 }) : { refused: {} };
        },
      },
    ],
    { author: 'system', audit: false },
  );
  return result.ok;
};
