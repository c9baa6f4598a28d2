import type { Family } from '../firewall/addresses/family.js';

/** Connection states, in the order in which the kernel prints them. */
export const STATES = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED'] as const;
export type State = (typeof STATES)[number];

export type Chain = 'INPUT' | 'OUTPUT';

/** One packet as a host's filter table sees it. Whatever is undefined stands for every case. */
export interface Packet {
  readonly family: Family;
  readonly chain: Chain;
  /** By which it comes in (INPUT) or leaves (OUTPUT). */
  readonly interface?: string;
  readonly src: string;
  readonly dst: string;
  /** 0 to 255. */
  readonly protocol: number;
  readonly sport?: number;
  readonly dport?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly state?: State;
}
