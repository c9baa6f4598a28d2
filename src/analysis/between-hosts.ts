import { type AddressSet, holds, readAddress, without } from './address-set.js';
import type { Packet } from './packet.js';
import { addressSet } from './read-sets.js';
import type { Box } from './region.js';

/** All addresses of the one host that has all of these; undefined: no one host has, or it can't be told. */
export type HostOf = (addresses: AddressSet) => AddressSet | undefined;

function withoutOwn(box: Box, side: 'src' | 'dst', own: AddressSet): Box | undefined {
  const others = without(box[side], own);
  return others.bounds.length === 0 ? undefined : { ...box, [side]: others };
}

/**
 * What of a box of first packets goes from one host to another; undefined: nothing does. What a host says to itself takes
 * the loopback interface, whichever of its addresses are used, so rules for other interfaces say nothing of it
 * (docs/analysis.md#ends). Where both sides are of several hosts, packets from one to itself stay in the box, unmeant.
 */
export function betweenHosts(box: Box, hostOf: HostOf): Box | undefined {
  const goal = hostOf(box.dst);
  if (goal !== undefined) return withoutOwn(box, 'src', goal);
  const source = hostOf(box.src);
  return source === undefined ? box : withoutOwn(box, 'dst', source);
}

/** The box without what the source of a packet of it would say to itself. */
export function awayFromSource(box: Box, { family, src, dst }: Packet, hostOf: HostOf): Box {
  const own = hostOf(addressSet(family, [src]));
  const goal = readAddress(dst, family);
  if (own === undefined || goal === undefined || !holds(own, goal)) return box;
  return withoutOwn(box, 'dst', own) ?? box;
}
