import type { DriftBook } from '../../actors/hosts/drift-book.js';
import type { Dialect } from '../../firewall/dialect.js';
import { isLocalAddress } from '../../firewall/addresses/local-address.js';
import { reportedAddresses } from '../../firewall/addresses/reported-addresses.js';
import { hostAddresses } from '../../firewall/policy/host-addresses.js';
import { HOST_STATES, stateOf, type HostState } from '../../host/host-state.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { World } from '../../world/world.js';
import type { HostPage, HostRow, HostsAsked, HostSort } from '../fleet-pages.js';
import { hostLine } from '../host-line.js';
import { inPageOrder, type Sortable } from './in-page-order.js';
import { whyPending, type WhyPendingNeeds } from './why-pending.js';

export type HostPageNeeds = WhyPendingNeeds & {
  readonly dialect: Dialect;
  readonly world: Pick<World, 'rows' | 'hostsOf' | 'policy'>;
  readonly drift: Pick<DriftBook, 'get'>;
};

/** Hosts looked at between two pauses. */
const A_STEP = 500;
/** The same of those of the page, whose addresses are worked out. */
const A_CLOSE_STEP = 50;
const MOST_ADDRESSES = 4;

interface Found extends Sortable {
  readonly row: Document;
}

const STATE_PLACE = Object.fromEntries(HOST_STATES.map((state, place) => [state, place])) as Record<HostState, number>;

/** One page of the hosts that match, with pauses. Only hosts of the page are looked at closely. */
export function* hostPage(needs: HostPageNeeds, asked: HostsAsked): Generator<void, HostPage> {
  const { world } = needs;
  const { group, states, sort, order, offset, limit } = asked;
  const rows = group === undefined ? [...world.rows('host').values()] : world.hostsOf(group);
  const byState = Object.fromEntries(HOST_STATES.map((state) => [state, 0])) as Record<HostState, number>;
  const found: Found[] = [];
  for (const [n, row] of rows.entries()) {
    if (n % A_STEP === A_STEP - 1) yield;
    if (!matches(needs, row, asked)) continue;
    const state = stateOf(row);
    byState[state] += 1;
    if (states !== undefined && !states.has(state)) continue;
    found.push({ row, id: row.id, name: textOf(row.name), key: keyOf(needs, row, sort) });
  }
  const page = (yield* inPageOrder(found, order)).slice(offset, offset + limit);
  const pending = whyPending(needs);
  const hosts: HostRow[] = [];
  for (const [n, { row }] of page.entries()) {
    if (n % A_CLOSE_STEP === A_CLOSE_STEP - 1) yield;
    hosts.push(hostRow(needs, row, pending(row)));
  }
  return { total: found.length, offset, limit, by_state: byState, hosts };
}

/** Those that go into sets, as people write them. */
function addressesOf({ world, dialect }: HostPageNeeds, row: Document): readonly string[] {
  const { v4, v6 } = hostAddresses(row, dialect, world.policy.hostAddressesMax);
  return [...v4, ...v6].map((address) => address.replace(/\/(?:32|128)$/, ''));
}

function hostRow(needs: HostPageNeeds, row: Document, pending: string | undefined): HostRow {
  const addresses = addressesOf(needs, row);
  return {
    ...hostLine(row, needs.drift.get(textOf(row.hostkey))),
    addresses: addresses.slice(0, MOST_ADDRESSES),
    address_count: addresses.length,
    pending: pending !== undefined,
    pending_why: pending ?? null,
  };
}

function matches(needs: HostPageNeeds, row: Document, { q, differing }: HostsAsked): boolean {
  if (differing !== undefined && needs.drift.get(textOf(row.hostkey))?.differing.includes(differing) !== true)
    return false;
  if (q === '') return true;
  const part = q.toLowerCase();
  const has = (text: string): boolean => text.toLowerCase().includes(part);
  if (has(textOf(row.name)) || has(textOf(row.hostkey)) || has(textOf(row.group))) return true;
  // The stored text holds names of interfaces too, so it is read where it matches, but no further than that takes.
  return (
    has(textOf(row.interfaces)) &&
    reportedAddresses(row).some((text) => has(text) && !isLocalAddress(text, needs.dialect))
  );
}

function keyOf({ drift }: HostPageNeeds, row: Document, sort: HostSort): Sortable['key'] {
  switch (sort) {
    case 'name':
      return textOf(row.name);
    case 'group':
      return textOf(row.group);
    case 'state':
      return STATE_PLACE[stateOf(row)];
    case 'reported':
      return typeof row.keepalive_timestamp === 'number' ? row.keepalive_timestamp : null;
    case 'differing':
      return drift.get(textOf(row.hostkey))?.differing.length ?? 0;
    case 'repairs':
      return drift.get(textOf(row.hostkey))?.repairs ?? 0;
  }
}
