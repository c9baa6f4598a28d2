import type { Family } from '../addresses/family.js';
import type { RulesetType } from '../../model/ruleset-variants.js';
import type { RuleChoices } from '../dialect-rules.js';
import type { Fault } from './compile-error.js';
import type { Lookup } from './lookup.js';

/**
 * The three passes over the rules of a ruleset (docs/rulesets.md#order-of-rules). `answer`: the packets that answer an
 * inbound rule, and so go out.
 */
export type Pass = 'inbound' | 'answer' | 'outbound';

/** Addresses that are unknown because the document that holds them is malformed, and why. No rule can use them. */
export interface UnknownAddresses {
  readonly unknown: string;
}

/** Never changed. */
export type AddressList = readonly string[] | UnknownAddresses;

/** Addresses of groups (`role`) and zones by name; of other environments by `ENV#NAME`. Lists are never changed. */
export interface AddressMaps {
  readonly roleV4: Lookup<AddressList>;
  readonly roleV6: Lookup<AddressList>;
  readonly zoneV4: Lookup<AddressList>;
  readonly zoneV6: Lookup<AddressList>;
}

/** What a rule is compiled for, and where faults, warnings and set names go. */
export interface Emission {
  readonly choices: RuleChoices;
  readonly type: RulesetType;
  readonly version: Family;
  readonly addresses: AddressMaps;
  /** Names of the sets that rules match against are put in here. */
  readonly sets: Set<string>;
  fault(fault: Fault): void;
  warn(pass: Pass, field: string, message: string): void;
}
