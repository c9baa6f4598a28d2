import type { Family } from '../firewall/addresses/family.js';
import { type AddressSet, holds, numberOf, type Point, pointOf, readAddress } from './address-set.js';
import { pointText } from './address-text.js';
import { type Chain, type Packet, type State, STATES } from './packet.js';
import { hasPorts, ICMP } from './protocols.js';
import { inRanges } from './ranges.js';
import type { Box } from './region.js';
import type { Range } from './ruleset.js';

/** Ports that people know, best known first. */
const ORDINARY_PORTS = [22, 443, 80, 53, 25, 123, 3306, 5432, 5672, 8080, 8443, 6379, 9090, 1024];
/** Where clients' own ports begin. */
const CLIENT_PORTS = [32768, 40000, 50000, 1024];
/** Echo requests first: everybody knows what they are. */
const ORDINARY_TYPES: Readonly<Record<Family, readonly number[]>> = {
  v4: [8 * 256, 13 * 256, 3 * 256 + 3, 0],
  v6: [128 * 256, 135 * 256, 1 * 256 + 4, 129 * 256],
};
const ORDINARY_PROTOCOLS = [6, 17, 1, 58, 47, 50];
const STATES_FIRST: readonly State[] = ['NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'INVALID'];

/** Addresses for documentation (RFC 5737, 3849), which belong to nobody; then private ones. */
const ORDINARY_ADDRESSES: Readonly<Record<Family, readonly string[]>> = {
  v4: ['203.0.113.7', '198.51.100.7', '192.0.2.7', '10.0.0.7', '192.168.1.7', '8.8.8.8'],
  v6: ['2001:db8::7', '2001:db8:1::7', 'fd00::7', '2600::7', 'fe80::7'],
};
/** Those of the host itself, where nothing says which they are. */
const OWN_ADDRESSES: Readonly<Record<Family, readonly string[]>> = {
  v4: ['192.0.2.1', '198.51.100.1', '10.0.0.1', '203.0.113.1'],
  v6: ['2001:db8::1', 'fd00::1', 'fe80::1'],
};

/** Whether such an address can be a packet's source or goal on a network at all. */
function isUsual(point: Point): boolean {
  if (typeof point === 'number') {
    const first = Math.floor(point / 2 ** 24);
    return first > 0 && first !== 127 && first < 224;
  }
  const group = point.charCodeAt(0);
  return group < 0xff00 && (group !== 0 || point.charCodeAt(1) !== 0);
}

/** An address of a set: an ordinary one, else the first of a stretch (or its second, where a net begins). */
function addressOf(set: AddressSet, ordinary: readonly string[]): string {
  for (const text of ordinary) {
    const point = readAddress(text, set.family);
    if (point !== undefined && holds(set, point)) return text;
  }
  let chosen = set.bounds[0] as Point;
  for (let at = 0; at < Math.min(set.bounds.length, 2000); at += 2) {
    const from = numberOf(set.bounds[at] as Point);
    const size = numberOf(set.bounds[at + 1] as Point) - from;
    const point = pointOf(size > 2n ? from + 1n : from, set.family);
    if (at === 0) chosen = point;
    if (isUsual(point)) return pointText(point, set.family);
  }
  return pointText(chosen, set.family);
}

function numberIn(ranges: readonly Range[], ordinary: readonly number[]): number {
  return ordinary.find((number) => inRanges(ranges, number)) ?? (ranges[0] as Range)[0];
}

/** One packet of a box, as ordinary as the box allows: people shall recognise it. */
export function witnessOf(box: Box, family: Family, chain: Chain, kinds: readonly { readonly name: string }[]): Packet {
  const protocol = ORDINARY_PROTOCOLS.find((number) => box.protocols[number] === 1) ?? box.protocols.indexOf(1);
  const inbound = chain === 'INPUT';
  const device = kinds[box.interfaces[0] as number]?.name;
  const state = STATES_FIRST.find((one) => (box.states & (1 << STATES.indexOf(one))) !== 0);
  const icmp = protocol === ICMP[family] ? numberIn(box.selectors, ORDINARY_TYPES[family]) : null;
  return {
    family,
    chain,
    ...(device === undefined ? {} : { interface: device }),
    src: addressOf(box.src, inbound ? ORDINARY_ADDRESSES[family] : OWN_ADDRESSES[family]),
    dst: addressOf(box.dst, inbound ? OWN_ADDRESSES[family] : ORDINARY_ADDRESSES[family]),
    protocol,
    ...(hasPorts(protocol)
      ? { sport: numberIn(box.sports, CLIENT_PORTS), dport: numberIn(box.selectors, ORDINARY_PORTS) }
      : {}),
    ...(icmp === null ? {} : { icmpType: icmp >> 8, icmpCode: icmp & 255 }),
    ...(state === undefined ? {} : { state }),
  };
}
