import type { RuleChoices } from '../dialect-rules.js';
import { MAX_BASE_BYTES } from '../sets/set-name.js';
import type { Fault } from './compile-error.js';
import type { AddressList, Emission, Pass } from './emission.js';
import type { Peer, Side } from './firewall-rule.js';
import { type PeerAddresses, peerAddresses } from './peer-addresses.js';
import { PEER_SETS, type PeerSet, type PeerSets } from './peer-set.js';
import type { RulePeer } from './rule-model.js';
import type { Referred } from './ruleset-input.js';

type NamedPeer = Exclude<RulePeer, { kind: 'anyone' }>;

/** What stands for the peer of a rule in one variant, whichever way the packets go. */
export type ResolvedPeer =
  { readonly kind: 'anyone' } | PeerSet | { readonly kind: 'addresses'; readonly addresses: PeerAddresses };

const ANYONE: Peer & ResolvedPeer = { kind: 'anyone' };
const NO_ADDRESSES: readonly string[] = [];

/** The name behind the id, or the name with its environment's prefix; undefined after a fault. */
export function nameOfPeer(peer: NamedPeer, from: Referred, fault: (fault: Fault) => void): string | undefined {
  if (peer.environment !== null) return `${peer.environment}#${peer.id}`;
  const name = (peer.kind === 'group' ? from.lookups.groups : from.lookups.zones).get(peer.id);
  if (name === undefined) {
    fault({ kind: 'reference', field: 'group', value: peer.id, reason: `there is no ${peer.kind} with this id` });
    return undefined;
  }
  if (name === null) {
    const reason = `the ${peer.kind} has no name, or one that is not a string`;
    fault({ kind: 'shape', field: 'group', value: peer.id, reason });
    return undefined;
  }
  return peer.kind === 'group' && name === 'self' ? from.selfGroup : name;
}

/** Why no set can have this name: the kernel refuses a whole ruleset for one. Undefined: one can. */
function nameRefused({ bytes, unusable, backslash }: PeerSets, choices: RuleChoices): string | undefined {
  if (unusable || (choices.refuseOddText && backslash))
    return 'it holds a blank, a control character, a double quote or a backslash';
  return bytes > choices.setNameBytes ? `at most ${MAX_BASE_BYTES} bytes fit, a prefix and its # included` : undefined;
}

/** The peer's set, its name checked if it will be printed. */
function usedSet(peer: NamedPeer, name: string, active: boolean, emission: Emission): PeerSet {
  const known = PEER_SETS[peer.kind](name);
  const set = known[emission.version];
  if (!active) return set;
  const refused = nameRefused(known, emission.choices);
  if (refused !== undefined)
    emission.fault({ kind: 'kernel', field: 'group', value: name, reason: `no set can have its name: ${refused}` });
  emission.sets.add(set.name);
  return set;
}

function addressesOf(peer: NamedPeer, name: string, emission: Emission): AddressList {
  const { addresses, version, choices } = emission;
  const maps = peer.kind === 'group' ? [addresses.roleV4, addresses.roleV6] : [addresses.zoneV4, addresses.zoneV6];
  const map = version === 'v4' ? maps[0] : maps[1];
  const id = peer.environment === null ? peer.id : name;
  // Maps are keyed by name; where an input's own maps are keyed by id, nothing is found by name.
  const byName = choices.addressKey === 'name' ? map?.get(name) : undefined;
  return byName ?? map?.get(id) ?? NO_ADDRESSES;
}

/** Whether it is the name ANY, in any case. Looks at the length first, since most names are of another. */
export function isAny(name: string): boolean {
  return name.length === 3 && name.toUpperCase() === 'ANY';
}

/**
 * What stands for the peer of a rule; undefined after a fault. Inactive rules are looked up too, but name no set.
 * @param name its name; null: anyone
 */
export function resolvePeer(
  peer: RulePeer,
  name: string | null,
  active: boolean,
  emission: Emission,
  pass: Pass,
): ResolvedPeer | undefined {
  if (peer.kind === 'anyone' || name === null) return ANYONE;
  if (emission.type === 'ipsets') {
    if (emission.choices.anyByName && isAny(name)) return ANYONE;
    return usedSet(peer, name, active, emission);
  }
  const found = addressesOf(peer, name, emission);
  if ('unknown' in found) {
    if (!active) return { kind: 'addresses', addresses: peerAddresses(NO_ADDRESSES, emission.version) };
    const reason = `its addresses are not known: ${found.unknown}`;
    emission.fault({ kind: 'shape', field: 'group', value: peer.id, reason });
    return undefined;
  }
  const addresses = peerAddresses(found, emission.version);
  const { dropped } = addresses;
  if (active && dropped.length > 0) {
    const what =
      dropped.length === 1
        ? `1 element of ${name} is no ${emission.version} address and was left out`
        : `${dropped.length} elements of ${name} are no ${emission.version} addresses and were left out`;
    emission.warn(pass, 'group', what);
  }
  return { kind: 'addresses', addresses };
}

/** The end of packets that is looked up in a set. */
function setSide(pass: Pass, choices: RuleChoices): Side {
  if (pass === 'inbound') return 'source';
  return pass === 'answer' ? choices.answerSetSide : 'destination';
}

/** The peer of a rule for packets that go one way. */
export function peerOnTheWay(peer: ResolvedPeer, pass: Pass, { choices }: Emission): Peer {
  switch (peer.kind) {
    case 'anyone':
      return ANYONE;
    case 'set':
      return { kind: 'set', name: peer.name, side: setSide(pass, choices) };
    case 'addresses':
      return { kind: 'addresses', list: pass === 'inbound' ? peer.addresses.list : peer.addresses.reversed };
  }
}
