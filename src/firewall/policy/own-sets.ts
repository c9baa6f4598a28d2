import type { Json } from '../../model/document.js';
import type { Family } from '../addresses/family.js';
import { fullText } from '../addresses/full-text.js';
import type { Dialect } from '../dialect.js';
import { finish } from '../finish.js';
import { compareBytes, sortByBytes } from '../hash/byte-order.js';
import { ownListsInSteps } from './own-lists.js';
import type { Policy } from './policy.js';

/** Addresses by name: canonical, with their prefix length, sorted, without repeats. */
export type ListsByName = Readonly<Record<string, readonly string[]>>;

/** What one environment sends to the others about itself. */
export interface OwnSets {
  readonly v4: { readonly groups: ListsByName; readonly zones: ListsByName };
  readonly v6: { readonly groups: ListsByName; readonly zones: ListsByName };
}

/** Addresses between two pauses. */
const STEP = 4096;

function* listed(lists: ReadonlyMap<string, readonly Json[]>, family: Family): Generator<void, ListsByName> {
  const named: [string, readonly string[]][] = [];
  for (const [name, list] of [...lists].sort(([a], [b]) => compareBytes(a, b))) {
    const texts = new Set<string>();
    for (let at = 0; at < list.length; at += 1) {
      const element = list[at];
      const text = typeof element === 'string' ? fullText(element, family) : undefined;
      if (text !== undefined) texts.add(text);
      if (at % STEP === STEP - 1) yield;
    }
    named.push([name, sortByBytes([...texts])]);
    yield;
  }
  return Object.fromEntries(named);
}

/**
 * This server's own groups and zones, `all-active` and `self` among them, without what other environments sent: the
 * content of `GET /api/V2/ipsets` and of the message to linked servers (docs/protocol.md#linked-servers). Which documents
 * there are is seen before the first pause.
 */
export function* ownSetsInSteps(policy: Policy, dialect: Dialect): Generator<void, OwnSets> {
  const own = yield* ownListsInSteps(policy, dialect);
  return {
    v4: { groups: yield* listed(own.groupsV4, 'v4'), zones: yield* listed(own.zonesV4, 'v4') },
    v6: { groups: yield* listed(own.groupsV6, 'v6'), zones: yield* listed(own.zonesV6, 'v6') },
  };
}

/** The same without pauses. */
export function ownSets(policy: Policy, dialect: Dialect): OwnSets {
  return finish(ownSetsInSteps(policy, dialect));
}
