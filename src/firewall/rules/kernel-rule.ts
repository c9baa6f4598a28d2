import type { State } from './rule-model.js';

/** An ICMP type with or without a code; `any` is IPv4's own word for every type. */
export type IcmpMatchType = string;

/** One extension match of a rule, in the order in which the kernel keeps and prints them. */
export type Match =
  | { readonly match: 'set'; readonly name: string; readonly side: 'src' | 'dst' }
  | { readonly match: 'port'; readonly protocol: string; readonly side: 'sport' | 'dport'; readonly port: string }
  | { readonly match: 'multiport'; readonly side: 'sports' | 'dports'; readonly ports: readonly string[] }
  | { readonly match: 'icmp'; readonly type: IcmpMatchType }
  | { readonly match: 'icmp6'; readonly type: IcmpMatchType }
  | { readonly match: 'state'; readonly states: readonly State[] }
  | { readonly match: 'connlimit'; readonly above: number; readonly mask: number }
  | {
      readonly match: 'recent';
      /** `update`: true when the source was seen `hits` times within `seconds`. `set`: remembers the source. */
      readonly step:
        { readonly kind: 'update'; readonly seconds: number; readonly hits: number } | { readonly kind: 'set' };
      readonly name: string;
      readonly mask: string;
    }
  | { readonly match: 'comment'; readonly text: string };

/** What happens to a packet; null: nothing, the match itself is the work (`recent --set`). */
export type Target =
  { readonly target: 'ACCEPT' | 'DROP' } | { readonly target: 'REJECT'; readonly with: string } | null;

/**
 * One rule as the kernel holds it. With a list of addresses it stands for as many rules, one an address; an empty
 * address there means anyone.
 */
export interface KernelRule {
  readonly chain: 'INPUT' | 'OUTPUT';
  readonly addresses: { readonly flag: '-s' | '-d'; readonly list: readonly string[] } | null;
  readonly interface: { readonly flag: '-i' | '-o'; readonly name: string } | null;
  readonly protocol: string | null;
  readonly matches: readonly Match[];
  readonly target: Target;
}
