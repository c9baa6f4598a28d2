import type { Family } from '../firewall/addresses/family.js';
import type { State } from './packet.js';
import { ICMP } from './protocols.js';
import { ALL_RANGES, commonRanges, joinRanges, otherRanges } from './ranges.js';
import { ALL_PROTOCOLS } from './region.js';
import type { Range } from './ruleset.js';

/** What is asked of a connection besides its ends. Null: any. */
export interface ConnectionQuery {
  /** Number; that of ICMP or ICMPv6 means the ICMP of each family. */
  readonly protocol: number | null;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** By which packets reach the host that is connected to. */
  readonly in?: string;
  /** By which they leave the host that connects. */
  readonly out?: string;
  readonly family?: Family;
  /**
   * Leave out what a host says to itself: that goes by the loopback interface, so rules for other interfaces say nothing of
   * it. Default false: packets that come by another interface with the host's own address as source are asked about too.
   */
  readonly betweenHosts?: boolean;
}

/** First packets that are alike in how connection tracking sees them. */
export interface Opening {
  readonly protocols: Uint8Array;
  readonly selectors: readonly Range[];
  readonly sports: readonly Range[];
  /** Of the first packet. */
  readonly state: State;
  /** What answers: the same with ports swapped, other ICMP types, or nothing. */
  readonly answer: 'ports' | 'none' | TypeAnswers;
}

/** ICMP types of answers to types, and the types that they answer. */
export interface TypeAnswers {
  readonly answer: (selectors: readonly Range[]) => readonly Range[];
  readonly asked: (selectors: readonly Range[]) => readonly Range[];
}

/** ICMP types that can begin a connection, and those that answer them (nf_conntrack_proto_icmp.c, …_icmpv6.c). */
const ANSWERS: Readonly<Record<Family, Readonly<Record<number, number>>>> = {
  v4: { 8: 0, 13: 14, 15: 16, 17: 18 },
  v6: { 128: 129, 139: 140 },
};
/** ICMPv6 types that connection tracking leaves alone. */
const NEVER_TRACKED = [130, 131, 132, 133, 134, 135, 136, 143, 151, 152];

function wholeTypes(types: readonly number[]): readonly Range[] {
  return joinRanges(types.map((type): Range => [type * 256, type * 256 + 255]));
}

function only(protocol: number): Uint8Array {
  const mask = new Uint8Array(256);
  mask[protocol] = 1;
  return mask;
}

/** Moves types to those that answer them, or back; the code stays. */
function mapped(selectors: readonly Range[], pairs: readonly (readonly [number, number])[]): readonly Range[] {
  const moved: Range[] = [];
  for (const [from, to] of pairs) {
    for (const [first, last] of commonRanges(selectors, wholeTypes([from])) ?? []) {
      moved.push([first + (to - from) * 256, last + (to - from) * 256]);
    }
  }
  return joinRanges(moved);
}

/** How types of first packets and of their answers belong together. */
function answersOf(family: Family): TypeAnswers {
  const pairs = Object.entries(ANSWERS[family]).map(([asked, answer]) => [Number(asked), answer] as const);
  const back = pairs.map(([asked, answer]) => [answer, asked] as const);
  return {
    answer: (selectors) => mapped(selectors, pairs),
    asked: (selectors) => mapped(selectors, back),
  };
}

function icmpOpenings(family: Family, { icmpType, icmpCode }: ConnectionQuery): readonly Opening[] {
  const first = (icmpType ?? 0) * 256;
  const meant: readonly Range[] =
    icmpType === undefined
      ? ALL_RANGES
      : icmpCode === undefined
        ? [[first, first + 255]]
        : [[first + icmpCode, first + icmpCode]];
  const asking = wholeTypes(Object.keys(ANSWERS[family]).map(Number));
  const untracked = family === 'v6' ? wholeTypes(NEVER_TRACKED) : [];
  const base = { protocols: only(ICMP[family]), sports: ALL_RANGES };
  const kinds: readonly Opening[] = [
    { ...base, selectors: asking, state: 'NEW', answer: answersOf(family) },
    { ...base, selectors: untracked, state: 'UNTRACKED', answer: 'none' },
    // All others are part of a connection or of none: on their own they are invalid.
    { ...base, selectors: otherRanges(joinRanges([...asking, ...untracked])), state: 'INVALID', answer: 'none' },
  ];
  return kinds
    .map((kind) => ({ ...kind, selectors: commonRanges(kind.selectors, meant) ?? [] }))
    .filter(({ selectors }) => selectors.length > 0);
}

/** The first packets of a question, by how connection tracking sees them. */
export function openingsOf(query: ConnectionQuery, family: Family): readonly Opening[] {
  const { protocol, port, sourcePort } = query;
  if (protocol === ICMP.v4 || protocol === ICMP.v6) return icmpOpenings(family, query);
  const rest = ALL_PROTOCOLS.slice();
  rest[ICMP[family]] = 0;
  const opening: Opening = {
    protocols: protocol === null ? rest : only(protocol),
    selectors: port === undefined ? ALL_RANGES : [[port, port]],
    sports: sourcePort === undefined ? ALL_RANGES : [[sourcePort, sourcePort]],
    state: 'NEW',
    answer: 'ports',
  };
  return protocol === null ? [opening, ...icmpOpenings(family, query)] : [opening];
}
