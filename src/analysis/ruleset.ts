import type { Family } from '../firewall/addresses/family.js';
import type { AddressSet, Point } from './address-set.js';
import type { Chain } from './packet.js';
import type { RuleVerdict } from './verdict.js';

/** Whole numbers from the first to the last. */
export type Range = readonly [first: number, last: number];

/** Addresses that a line asks for at one end of a packet. */
export interface AddressMatch {
  readonly side: 'src' | 'dst';
  /** A named set, or one net. */
  readonly of: { readonly set: string } | { readonly net: readonly [Point, Point] };
  readonly negated: boolean;
}

/** An interface that a line asks for; `prefix`: any whose name begins so. */
export interface InterfaceMatch {
  readonly name: string;
  readonly prefix: boolean;
  readonly negated: boolean;
}

/** A limit: whether it is met depends on packets before. */
export type Limit =
  /** `-m recent --update`: the source was seen `hits` times (0: at all) within `seconds` (0: ever). */
  | {
      readonly kind: 'recent';
      readonly name: string;
      readonly update: boolean;
      readonly seconds: number;
      readonly hits: number;
      readonly mask: string;
      readonly side: 'src' | 'dst';
    }
  /** More than `above` connections at once from one network of `prefix` bits. */
  | { readonly kind: 'connections'; readonly above: number; readonly prefix: number };

/** `-m recent --set`: the packet's source is recorded, and the next line looks at the packet. */
export interface Mark {
  readonly name: string;
  readonly mask: string;
  readonly side: 'src' | 'dst';
}

/** What a line does with a packet. */
export type Target =
  | { readonly kind: 'verdict'; readonly verdict: RuleVerdict; readonly rejectWith: string | null }
  | { readonly kind: 'jump'; readonly chain: string; readonly goto: boolean }
  | { readonly kind: 'return' }
  /** Nothing: the next line looks at the packet. */
  | { readonly kind: 'next' }
  /** A target that is not ours: only in a host's own text. */
  | { readonly kind: 'unknown' };

/** What one line asks for. Everything at once; an absent member asks for nothing. */
export interface Line {
  readonly number: number;
  /** As it stands in the text. */
  readonly text: string;
  readonly chain: string;
  readonly addresses: readonly AddressMatch[];
  readonly in: InterfaceMatch | null;
  readonly out: InterfaceMatch | null;
  /** 0 to 255, `negated`: any but this; null: any. */
  readonly protocol: { readonly number: number; readonly negated: boolean } | null;
  /** Only with a protocol that has ports. */
  readonly sport: readonly Range[] | null;
  readonly dport: readonly Range[] | null;
  /** type * 256 + code; only with ICMP. */
  readonly icmp: readonly Range[] | null;
  /** A bit per state, in the order of STATES. */
  readonly states: number;
  readonly limit: Limit | null;
  readonly mark: Mark | null;
  readonly target: Target;
  /** Why this line is out of scope (a match that we don't know); null: it is understood. Only in a host's own text. */
  readonly foreign: string | null;
}

/** A filter table as read from its text. */
export interface Ruleset {
  readonly family: Family;
  readonly policies: Readonly<Record<Chain, RuleVerdict>>;
  readonly chains: ReadonlyMap<string, readonly Line[]>;
  /** Lines out of scope, in order. Empty for a text of ours. */
  readonly outOfScope: readonly OutOfScope[];
}

/** A line of a host's own text that we can't read. */
export interface OutOfScope {
  readonly line: string;
  readonly lineNumber: number;
  readonly reason: string;
}

/** Named sets and what they hold. */
export type SetContents = ReadonlyMap<string, AddressSet>;

/** Sets that lines of a ruleset name, each once. */
export function setNamesOf({ chains }: Ruleset): readonly string[] {
  const names = new Set<string>();
  for (const lines of chains.values())
    for (const { addresses } of lines) for (const { of } of addresses) if ('set' in of) names.add(of.set);
  return [...names];
}
