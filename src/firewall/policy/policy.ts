import type { Document } from '../../model/document.js';
import type { RulesetsByProfile } from './rulesets-by-profile.js';

/** The tables that rules and sets are made from. */
export const POLICY_PARTS = ['external', 'group', 'host', 'link', 'profile', 'ruleset', 'service', 'zone'] as const;
export type PolicyPart = (typeof POLICY_PARTS)[number];

/** Those that addresses of sets come from. */
const ADDRESS_PARTS: ReadonlySet<string> = new Set<PolicyPart>(['external', 'group', 'host', 'link', 'zone']);

/** Whether documents of a table can move addresses of sets. */
export function isAddressPart(table: string): boolean {
  return ADDRESS_PARTS.has(table);
}

/**
 * All documents that rules and sets are made from, by table, then by id. They may hold anything: the store may be older
 * than the checks.
 */
export type Policy = { readonly [Part in PolicyPart]: ReadonlyMap<string, Document> } & {
  /**
   * Grows when a document changes, where the maps are updated in place: what was computed from a policy is used again
   * while its version is the same. Absent: the maps never change, or nothing is to be kept.
   */
  readonly version?: number;
  /** The same of changes that can move addresses alone. Absent: `version` stands for it. */
  readonly addressesVersion?: number;
  /** Whether the id `any` of a group or zone means everyone in rules (`api.unknown_references`); absent: no. */
  readonly anyIsEveryone?: boolean;
  /**
   * A policy that differs from this one in no group, host, zone, link or external: addresses are worked out from that
   * one, where they may be known already. Absent: from this one.
   */
  readonly addressesAsIn?: Policy;
  /** `ruleset` by profile, where somebody keeps it up to date. Absent: each view of the policy goes through the table. */
  readonly rulesetsByProfile?: RulesetsByProfile;
  /** Addresses that one host may add to sets; absent: the default of `interfaceAddresses`. */
  readonly hostAddressesMax?: number;
};

/**
 * A document that was skipped or replaced by a default, so that it breaks nothing else
 * (docs/http-api.md#documents-that-break-nothing-but-themselves).
 */
export interface PolicyFault {
  readonly table: PolicyPart;
  readonly id: string;
  readonly reason: string;
}
