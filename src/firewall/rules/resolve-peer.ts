import { MAX_BASE_BYTES, setName } from '../sets/set-name.js';
import type { AddressList, Emission, Pass } from './emission.js';
import type { Peer } from './firewall-rule.js';
import { peerAddresses } from './peer-addresses.js';
import type { RulePeer } from './rule-model.js';

type NamedPeer = Exclude<RulePeer, { kind: 'anyone' }>;

const ANYONE: Peer = { kind: 'anyone' };

/** The name behind the id, or the name with its environment's prefix; undefined after a fault. */
function displayName(peer: NamedPeer, emission: Emission): string | undefined {
  if (peer.environment !== null) return `${peer.environment}#${peer.id}`;
  const name = (peer.kind === 'group' ? emission.lookups.groups : emission.lookups.zones).get(peer.id);
  if (name === undefined) {
    emission.fault({
      kind: 'reference',
      field: 'group',
      value: peer.id,
      reason: `there is no ${peer.kind} with this id`,
    });
    return undefined;
  }
  if (name === null) {
    emission.fault({
      kind: 'shape',
      field: 'group',
      value: peer.id,
      reason: `the ${peer.kind} has no name, or one that is not a string`,
    });
    return undefined;
  }
  return peer.kind === 'group' && name === 'self' ? emission.selfGroup : name;
}

/** The name of the peer's set, checked if it will be printed: the kernel refuses a whole ruleset for one wrong name. */
function usedSet(peer: NamedPeer, name: string, active: boolean, emission: Emission): string {
  const set = setName(name, peer.kind, emission.version);
  if (!active) return set;
  const { setNameBytes, refuseOddText } = emission.choices;
  const refuse = (reason: string): void =>
    emission.fault({ kind: 'kernel', field: 'group', value: name, reason: `no set can have its name: ${reason}` });
  if (/[\u0000-\u0020\u007f"]/.test(name) || (refuseOddText && name.includes('\\'))) {
    refuse('it holds a blank, a control character, a double quote or a backslash');
  } else if (Buffer.byteLength(set) > setNameBytes) {
    refuse(`at most ${MAX_BASE_BYTES} bytes fit, a prefix and its # included`);
  }
  emission.sets.add(set);
  return set;
}

const NO_ADDRESSES: readonly string[] = [];

function addressesOf(peer: NamedPeer, name: string, emission: Emission): AddressList {
  const { addresses, version, choices } = emission;
  const maps = peer.kind === 'group' ? [addresses.roleV4, addresses.roleV6] : [addresses.zoneV4, addresses.zoneV6];
  const map = version === 'v4' ? maps[0] : maps[1];
  const id = peer.environment === null ? peer.id : name;
  // Maps are keyed by name; where an input's own maps are keyed by id, nothing is found by name.
  const byName = choices.addressKey === 'name' ? map?.get(name) : undefined;
  return byName ?? map?.get(id) ?? NO_ADDRESSES;
}

/** Looks up the peer of a rule; undefined after a fault. Inactive rules are looked up too, but name no set. */
export function resolvePeer(peer: RulePeer, active: boolean, pass: Pass, emission: Emission): Peer | undefined {
  if (peer.kind === 'anyone') return ANYONE;
  const name = displayName(peer, emission);
  if (name === undefined) return undefined;
  if (emission.type === 'ipsets') {
    if (emission.choices.anyByName && name.toUpperCase() === 'ANY') return ANYONE;
    const side = pass === 'inbound' ? 'source' : pass === 'answer' ? emission.choices.answerSetSide : 'destination';
    return { kind: 'set', name: usedSet(peer, name, active, emission), side };
  }
  const found = addressesOf(peer, name, emission);
  if ('unknown' in found) {
    if (!active) return { kind: 'addresses', list: NO_ADDRESSES };
    const reason = `its addresses are not known: ${found.unknown}`;
    emission.fault({ kind: 'shape', field: 'group', value: peer.id, reason });
    return undefined;
  }
  const read = peerAddresses(found, emission.version);
  const { dropped } = read;
  if (active && dropped.length > 0) {
    const what =
      dropped.length === 1
        ? `1 element of ${name} is no ${emission.version} address and was left out`
        : `${dropped.length} elements of ${name} are no ${emission.version} addresses and were left out`;
    emission.warn('group', what);
  }
  return { kind: 'addresses', list: pass === 'inbound' ? read.list : read.reversed };
}
