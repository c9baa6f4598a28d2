/** How a ruleset gives the addresses of its rules: by named sets (`ipsets`), or with their addresses written out (`iptables`). */
export type RulesetType = 'ipsets' | 'iptables';

/** One of the rulesets that every group has, and what it is called wherever it is spoken of. */
interface Row {
  /** In tables `ruleset_text` and `ruleset_output`, and in code. */
  readonly key: string;
  readonly type: RulesetType;
  readonly family: 'v4' | 'v6';
  /** Its hash: in an agent's report, and in the documents of hosts and groups (docs/protocol.md#hashes). */
  readonly hashField: string;
  /** Its text, in the message to an agent (docs/protocol.md#ruleset). */
  readonly wireField: string;
  /** Its text, as a sub-resource of a group (docs/http-api.md#sub-resources). */
  readonly apiName: string;
}

/** The rulesets of a group. Their order is that of hash fields in documents, and of texts in an id of `ruleset_text`. */
export const RULESET_VARIANTS = [
  {
    key: 'set4',
    type: 'ipsets',
    family: 'v4',
    hashField: 'hash4_ipsets',
    wireField: 'ruleset4_ipset',
    apiName: 'ipsetsv4',
  },
  {
    key: 'set6',
    type: 'ipsets',
    family: 'v6',
    hashField: 'hash6_ipsets',
    wireField: 'ruleset6_ipset',
    apiName: 'ipsetsv6',
  },
  {
    key: 'unset4',
    type: 'iptables',
    family: 'v4',
    hashField: 'hash4_iptables',
    wireField: 'ruleset4_iptables',
    apiName: 'iptablesv4',
  },
  {
    key: 'unset6',
    type: 'iptables',
    family: 'v6',
    hashField: 'hash6_iptables',
    wireField: 'ruleset6_iptables',
    apiName: 'iptablesv6',
  },
] as const satisfies readonly Row[];

export type RulesetVariant = (typeof RULESET_VARIANTS)[number];
export type RulesetVariantKey = RulesetVariant['key'];
export type RulesetHashField = RulesetVariant['hashField'];
export type RulesetWireField = RulesetVariant['wireField'];

/** The five hashes of a report: of each ruleset, and of all sets together. */
export type HashField = RulesetHashField | 'ipset_hash';

export const RULESET_HASH_FIELDS: readonly RulesetHashField[] = RULESET_VARIANTS.map(({ hashField }) => hashField);
export const HASH_FIELDS: readonly HashField[] = [...RULESET_HASH_FIELDS, 'ipset_hash'];

/** The columns that name a ruleset: no two rows have the same in one of them. */
type NameColumn = 'key' | 'hashField' | 'wireField' | 'apiName';

/** An object with one member for each ruleset, in the table's order, named as `column` says. */
export function byVariant<Column extends NameColumn, Value>(
  column: Column,
  value: (variant: RulesetVariant) => Value,
): Readonly<Record<RulesetVariant[Column], Value>> {
  const object: Partial<Record<RulesetVariant[Column], Value>> = {};
  for (const variant of RULESET_VARIANTS) object[variant[column]] = value(variant);
  return object as Readonly<Record<RulesetVariant[Column], Value>>;
}

/** An object with one member for each of the five hashes, those of rulesets first. */
export function byHashField<Value>(value: (field: HashField) => Value): Readonly<Record<HashField, Value>> {
  const object: Partial<Record<HashField, Value>> = {};
  for (const field of HASH_FIELDS) object[field] = value(field);
  return object as Readonly<Record<HashField, Value>>;
}

/** The rulesets of one type: IPv4, then IPv6. */
export function variantsOfType(type: RulesetType): readonly [RulesetVariant, RulesetVariant] {
  const of = (family: Row['family']): RulesetVariant =>
    RULESET_VARIANTS.find((variant) => variant.type === type && variant.family === family) as RulesetVariant;
  return [of('v4'), of('v6')];
}
