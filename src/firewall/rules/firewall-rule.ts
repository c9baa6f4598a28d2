import type { Family } from '../addresses/family.js';
import type { IcmpType } from './icmp-types.js';
import type { State } from './connection-state.js';

/** An end of a packet. */
export type Side = 'source' | 'destination';

/** The peer of a rule: the sender of packets that come in, the receiver of those that go out. */
export type Peer =
  | { readonly kind: 'anyone' }
  /**
   * The addresses in a named set, which each host holds beside its rules. `side`: which end of packets it is looked up
   * for.
   */
  | { readonly kind: 'set'; readonly name: string; readonly side: Side }
  /** Each with its prefix length, in this order; a length of 0 is any address. Never empty. */
  | { readonly kind: 'addresses'; readonly list: readonly string[] };

/** Ports from the first to the last; both the same: one port. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The packets that a rule matches, besides their peer. */
export interface Packets {
  /** A name of /etc/protocols, or the number of a protocol that has none there; null: every protocol. */
  readonly protocol: string | null;
  /** Any of these ports, at that end. Only with a protocol that has ports. */
  readonly ports: { readonly side: Side; readonly ranges: readonly PortRange[] } | null;
  /** Any of these types, of the family of the ruleset. `every`: the rule is about ICMP, but names no type. */
  readonly icmp: readonly IcmpType[] | 'every' | null;
}

/** Interfaces of this name; `andLonger`: all whose names begin with it. */
export interface Interfaces {
  readonly name: string;
  readonly andLonger: boolean;
}

/** A condition on a packet's source besides its address. */
export type SourceLimit =
  /** It has more than `above` connections at once, together with all others of its network of `prefix` bits. */
  | { readonly kind: 'connections'; readonly above: number; readonly prefix: number }
  /**
   * It has been seen `hits` times within `seconds`; 0: at all. Packets that the rule matches are recorded in the list
   * `name`, by source, of which the bits of `mask` count; null: all.
   */
  | {
      readonly kind: 'recent';
      readonly name: string;
      readonly seconds: number;
      readonly hits: number;
      readonly mask: string | null;
    };

/** What happens to a packet. `reject` is answered by an ICMP message (port unreachable), `reset` by a TCP reset. */
export type Verdict = 'accept' | 'drop' | 'reject' | 'reset';

/** One rule of a ruleset in no tool's words: when all conditions are true of a packet, the verdict applies. */
export interface FirewallRule {
  /** As the host sees it: packets that come in, or that go out. */
  readonly direction: 'in' | 'out';
  readonly peer: Peer;
  /** By which interface packets come or go; null: any. */
  readonly interface: Interfaces | null;
  readonly packets: Packets;
  /** The connection is in one of these; none: in any. */
  readonly states: readonly State[];
  readonly limit: SourceLimit | null;
  readonly verdict: Verdict;
  /** Empty: none. */
  readonly comment: string;
}

/** One ruleset. The fixed lines around its rules are the printer's; these members choose among them. */
export interface RulesetTree {
  readonly family: Family;
  /** IPv4: whether the host has docker's chains. */
  readonly docker: boolean;
  /** IPv6: whether what a host must send to be on the network at all is accepted (`ipv6HostTraffic` of a dialect). */
  readonly hostTraffic: boolean;
  /** In this order: rules for packets that come in, for those that answer them, and for others that go out. */
  readonly inbound: readonly FirewallRule[];
  readonly answers: readonly FirewallRule[];
  readonly outbound: readonly FirewallRule[];
}
