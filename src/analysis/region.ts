import type { AddressSet } from './address-set.js';
import { ALL_STATES } from './line-draft.js';
import { ALL_RANGES } from './ranges.js';
import type { Range } from './ruleset.js';

/** Packets that a question is about. Null: all. */
export interface Region {
  /** A bit per state, in the order of STATES. */
  readonly states: number;
  /** Whether packets of an interface are meant. */
  readonly interfaces: 'any' | 'any but lo' | { readonly name: string };
  /** A byte per protocol. */
  readonly protocols: Uint8Array;
  /** Destination ports, or ICMP types with their codes; only with protocols that have such. */
  readonly selectors: readonly Range[];
  /** Source ports. */
  readonly sports: readonly Range[];
  readonly src: AddressSet | null;
  readonly dst: AddressSet | null;
}

export const ALL_PROTOCOLS: Uint8Array = new Uint8Array(256).fill(1);

/** Every packet. */
export const EVERYTHING: Region = {
  states: ALL_STATES,
  interfaces: 'any',
  protocols: ALL_PROTOCOLS,
  selectors: ALL_RANGES,
  sports: ALL_RANGES,
  src: null,
  dst: null,
};

/**
 * A box of packets: all combinations of its members. `selectors` are destination ports, or ICMP types as
 * type * 256 + code; where the protocol has neither they are whole and mean nothing, and so are `sports`.
 */
export interface Box {
  readonly states: number;
  /** Places in the diagram's list of interface kinds. */
  readonly interfaces: readonly number[];
  readonly protocols: Uint8Array;
  readonly selectors: readonly Range[];
  readonly sports: readonly Range[];
  readonly src: AddressSet;
  readonly dst: AddressSet;
}
