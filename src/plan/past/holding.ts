import { heldAt, type HeldPeriod } from '../../host/hash-history.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';

/** What hosts held at a time, by the hashes that they reported. */
export interface Holding {
  /** The same for all hosts that held the same. */
  readonly key: string;
  /** The group that they reported; of hosts of which nothing is known, that of now. */
  readonly group: string;
  /** The hashes that they reported; null: nothing is known of them at that time, and `why` says so. */
  readonly hashes: Pick<HeldPeriod, 'hash4_ipsets' | 'hash6_ipsets' | 'ipset_hash'> | null;
  readonly why: string | null;
}

/** Addresses that were of the fleet then, and that no host has which is there now. */
export const OF_GONE_HOSTS: Holding = {
  key: 'gone',
  group: '',
  hashes: null,
  why: 'no host has these addresses now; whose they were, and what it held, is not known',
};

function whyUnknown(periods: readonly HeldPeriod[], at: number): string {
  const [first] = periods;
  const last = periods.at(-1);
  if (first === undefined || last === undefined) return 'nothing that the host reported is kept';
  if (at < first.from) return 'what the host held is known from a later time on only';
  if (at > last.from && last.to === null) return 'the host has not been heard of since';
  return 'the host was not heard of then: it was silent, or changed between two reports';
}

/** What a host held at a time, epoch seconds. `periods`: its history. */
export function holdingOf(host: Document, periods: readonly HeldPeriod[], at: number): Holding {
  const heard = host['keepalive_timestamp'];
  const period = heldAt(periods, at, typeof heard === 'number' ? heard : 0);
  if (period === undefined) {
    const group = textOf(host['group']);
    const why = whyUnknown(periods, at);
    return { key: JSON.stringify([group, why]), group, hashes: null, why };
  }
  const { group, hash4_ipsets, hash6_ipsets, ipset_hash } = period;
  return {
    key: JSON.stringify([group, hash4_ipsets, hash6_ipsets, ipset_hash]),
    group,
    hashes: { hash4_ipsets, hash6_ipsets, ipset_hash },
    why: null,
  };
}
