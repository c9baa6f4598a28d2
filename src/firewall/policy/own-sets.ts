import type { Json } from '../../model/document.js';
import type { Family } from '../addresses/family.js';
import { fullText } from '../addresses/full-text.js';
import type { Dialect } from '../dialect.js';
import { compareBytes, sortByBytes } from '../hash/byte-order.js';
import { ownLists } from './own-lists.js';
import type { Policy } from './policy.js';

/** Addresses by name: canonical, with their prefix length, sorted, without repeats. */
export type ListsByName = Readonly<Record<string, readonly string[]>>;

/** What one environment sends to the others about itself. */
export interface OwnSets {
  readonly v4: { readonly groups: ListsByName; readonly zones: ListsByName };
  readonly v6: { readonly groups: ListsByName; readonly zones: ListsByName };
}

function listed(lists: ReadonlyMap<string, readonly Json[]>, family: Family): ListsByName {
  return Object.fromEntries(
    [...lists]
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([name, list]) => {
        const texts = list.flatMap((element) => (typeof element === 'string' ? (fullText(element, family) ?? []) : []));
        return [name, sortByBytes([...new Set(texts)])];
      }),
  );
}

/**
 * This server's own groups and zones, `all-active` and `self` among them, without what other environments sent: the
 * content of `GET /api/V2/ipsets` and of the message to linked servers (docs/protocol.md#linked-servers).
 */
export function ownSets(policy: Policy, dialect: Dialect): OwnSets {
  const own = ownLists(policy, dialect);
  return {
    v4: { groups: listed(own.groupsV4, 'v4'), zones: listed(own.zonesV4, 'v4') },
    v6: { groups: listed(own.groupsV6, 'v6'), zones: listed(own.zonesV6, 'v6') },
  };
}
