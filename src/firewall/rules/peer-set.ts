import type { Family } from '../addresses/family.js';
import { keptWords } from '../kept-words.js';
import { type SetKind, setName } from '../sets/set-name.js';
import type { Peer, Side } from './firewall-rule.js';

/** The set of a group or zone in one family, as the peer of rules. */
export interface PeerSet {
  readonly kind: 'set';
  readonly name: string;
  /** Looked up for either end of packets. */
  readonly peers: Readonly<Record<Side, Peer>>;
}

/** The sets of a group or zone of one name, and what may keep rules from naming them. */
export interface PeerSets {
  readonly sets: Readonly<Record<Family, PeerSet>>;
  /** Bytes of the name of either set. */
  readonly bytes: number;
  /** It holds a blank, a control character or a double quote. */
  readonly unusable: boolean;
  readonly backslash: boolean;
}

const UNUSABLE = /[\u0000-\u0020\u007f"]/;

function peerSet(base: string, kind: SetKind, family: Family): PeerSet {
  const name = setName(base, kind, family);
  const peer = (side: Side): Peer => ({ kind: 'set', name, side });
  return { kind: 'set', name, peers: { source: peer('source'), destination: peer('destination') } };
}

function makePeerSets(base: string, kind: SetKind): PeerSets {
  const sets = { v4: peerSet(base, kind, 'v4'), v6: peerSet(base, kind, 'v6') };
  return {
    sets,
    bytes: Buffer.byteLength(sets.v4.name),
    unusable: UNUSABLE.test(base),
    backslash: base.includes('\\'),
  };
}

/** By the name of the group or zone. */
export const PEER_SETS: Readonly<Record<SetKind, (base: string) => PeerSets>> = {
  group: keptWords((base) => makePeerSets(base, 'group')),
  zone: keptWords((base) => makePeerSets(base, 'zone')),
};
