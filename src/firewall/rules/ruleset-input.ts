import type { Json } from '../../model/document.js';
import type { RulesetType } from '../../model/ruleset-variants.js';
import { isList, isObject } from '../../model/validate.js';
import type { Family } from '../addresses/family.js';
import type { CompileError } from './compile-error.js';
import type { AddressMaps } from './emission.js';
import type { PolicyLookups } from './policy-lookups.js';
import { policyLookups } from './policy-lookups.js';

/** Which of a group's rulesets it is. */
export interface Variant {
  readonly type: RulesetType;
  readonly version: Family;
  /** Read only where rules hold addresses. */
  readonly addresses: AddressMaps;
}

/** What the rules of a group refer to, whatever the variant. */
export interface Referred {
  readonly lookups: PolicyLookups;
  /**
   * Name of the group that the rulesets are for; stands in for the group `self`, and is asked for only where a rule is
   * about that.
   */
  readonly selfGroup: string;
}

/**
 * Everything that one ruleset is made from. `profile` holds `rules` and perhaps `docker`; stored data, so unchecked.
 */
export interface RulesetInput extends Variant, Referred {
  readonly profile: Json;
}

export type ReadInput =
  { readonly ok: true; readonly input: RulesetInput } | { readonly ok: false; readonly error: CompileError };

const NO_MAP: ReadonlyMap<string, readonly string[]> = new Map();
/** For rulesets that use sets. */
export const NO_ADDRESSES: AddressMaps = { roleV4: NO_MAP, roleV6: NO_MAP, zoneV4: NO_MAP, zoneV6: NO_MAP };

function addressMap(value: Json | undefined): ReadonlyMap<string, readonly string[]> | undefined {
  if (value === undefined) return NO_MAP;
  if (!isObject(value)) return undefined;
  const map = new Map<string, readonly string[]>();
  for (const [key, list] of Object.entries(value)) {
    if (!isList(list) || !list.every((item) => typeof item === 'string')) return undefined;
    map.set(key, list);
  }
  return map;
}

function refuse(field: string, reason: string, value?: Json): ReadInput {
  const error = { rule: null, kind: 'shape', field, reason } as const;
  return { ok: false, error: value === undefined ? error : { ...error, value } };
}

/**
 * Reads a ruleset input as the command `compile` takes it: `{profile, type, version, selfGroup, groups, zones,
 * services, ipMaps}`, where groups, zones and services are lists of documents and `ipMaps` maps names to addresses.
 */
export function readRulesetInput(value: Json): ReadInput {
  if (!isObject(value)) return refuse('input', 'give an object', value);
  const { profile, type, version, selfGroup, groups, zones, services, ipMaps } = value;
  if (profile === undefined) return refuse('profile', 'missing: give the profile with its rules');
  if (type !== 'ipsets' && type !== 'iptables') return refuse('type', 'give ipsets or iptables', type);
  if (version !== 'v4' && version !== 'v6') return refuse('version', 'give v4 or v6', version);
  if (typeof selfGroup !== 'string') return refuse('selfGroup', 'give the name of the group that asks', selfGroup);
  if (!isList(groups)) return refuse('groups', 'give a list of groups', groups);
  if (!isList(zones)) return refuse('zones', 'give a list of zones', zones);
  if (!isList(services)) return refuse('services', 'give a list of services', services);
  const maps = isObject(ipMaps) ? ipMaps : ipMaps === undefined ? {} : undefined;
  if (maps === undefined) return refuse('ipMaps', 'give an object of four maps', ipMaps);
  const read = (['roleV4', 'roleV6', 'zoneV4', 'zoneV6'] as const).map((key) => [key, addressMap(maps[key])] as const);
  const broken = read.find(([, map]) => map === undefined);
  if (broken !== undefined) return refuse(`ipMaps.${broken[0]}`, 'give an object of lists of strings');
  const addresses = Object.fromEntries(read) as unknown as AddressMaps;
  const lookups = policyLookups(groups, zones, services);
  return { ok: true, input: { profile, type, version, selfGroup, lookups, addresses } };
}
