import type { Family } from '../addresses/family.js';
import { keptWords } from '../kept-words.js';
import { type SetKind, setName } from '../sets/set-name.js';

/** The set of a group or zone in one family, as the peer of rules. */
export interface PeerSet {
  readonly kind: 'set';
  readonly name: string;
}

/** The sets of a group or zone of one name, and what may keep rules from naming them. Kept by the thousand, so they are small. */
export interface PeerSets extends Readonly<Record<Family, PeerSet>> {
  /** Bytes of the name of either set. */
  readonly bytes: number;
  /** It holds a blank, a control character or a double quote. */
  readonly unusable: boolean;
  readonly backslash: boolean;
}

const UNUSABLE = /[\u0000-\u0020\u007f"]/;

function peerSet(base: string, kind: SetKind, family: Family): PeerSet {
  return { kind: 'set', name: setName(base, kind, family) };
}

function makePeerSets(base: string, kind: SetKind): PeerSets {
  const v4 = peerSet(base, kind, 'v4');
  return {
    v4,
    v6: peerSet(base, kind, 'v6'),
    bytes: Buffer.byteLength(v4.name),
    unusable: UNUSABLE.test(base),
    backslash: base.includes('\\'),
  };
}

/** More than a fleet of 10,000 groups has: where more are in use than are kept, they are all made again and again. */
const MOST_NAMES = 32_768;

/** By the name of the group or zone. */
export const PEER_SETS: Readonly<Record<SetKind, (base: string) => PeerSets>> = {
  group: keptWords((base) => makePeerSets(base, 'group'), MOST_NAMES),
  zone: keptWords((base) => makePeerSets(base, 'zone'), MOST_NAMES),
};
