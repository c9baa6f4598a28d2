import { BUILTIN_GROUPS } from '../model/builtins.js';
import type { Document, Json, JsonObject } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import { profilesNaming } from '../model/references.js';
import type { RowChange } from '../model/row-change.js';
import { byHashField } from '../model/ruleset-variants.js';
import { textOf } from '../model/text-of.js';
import { isList } from '../model/validate.js';
import { addressViolation } from './checks/check-addresses.js';
import { setNameViolation } from './checks/check-set-name.js';
import { verdict, type WriteWarning } from './checks/finding.js';
import { idSchema } from './id-schema.js';
import type { ApiVersion, Needs, PerVersion, SubResources, WatchedResource } from './resource.js';
import { always, TERRAFORM_IN_V2, usual } from './usual.js';
import { builtinGroup } from './views/builtin-groups.js';
import { type AddressLists, ADDRESS_SUBS, addressesOf } from './views/group-addresses.js';
import { isActive } from './views/host-addresses.js';
import { pick } from './views/pick.js';
import { countRows } from './watch.js';
import { isDeepStrictEqual } from 'node:util';

const addresses: JsonSchema = { type: 'array', items: { type: 'string' } };
const text: JsonSchema = { type: 'string' };

/** group (docs/http-api.md#group). */
const groupSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'group',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 26, pattern: '^[A-Za-z0-9_.-](.*)$' },
    description: text,
    profile_id: text,
    profile_name: { type: 'string', minLength: 1 },
    profile_version: text,
    ec2_security_group_ids: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          region: { type: 'string', pattern: '^(.*)-(.*)-(.*)$' },
          sgid: { type: 'string', pattern: '^sg-(.*)$' },
        },
      },
    },
    vars: { type: 'object' },
    alert_enable: { type: 'boolean' },
    created: { type: 'number' },
    ...byHashField(() => text),
    external_ipv4_addresses: addresses,
    external_ipv6_addresses: addresses,
  },
  required: ['name'],
};

const HASHES = byHashField(() => '');

/** Fields that this server writes into group rows itself: a change of these alone changes no rule. */
const OWN_FIELDS: ReadonlySet<string> = new Set(Object.keys(HASHES));

function withoutOwn(row: Document | undefined): JsonObject | undefined {
  return row === undefined
    ? undefined
    : Object.fromEntries(Object.entries(row).filter(([key]) => !OWN_FIELDS.has(key)));
}

/** Whether a group row changed in anything but the hashes written back after a publish. */
function groupChanged({ before, after }: RowChange): boolean {
  return !isDeepStrictEqual(withoutOwn(before), withoutOwn(after));
}

/** Security groups are stored without effect where EC2 is off; writing them gives a warning. */
function withoutEffect({ ec2_security_group_ids: groups }: JsonObject, kept: boolean): readonly WriteWarning[] {
  if (kept || !isList(groups) || groups.length === 0) return [];
  const reason = 'ec2.mode is not apply: this server leaves EC2 security groups as they are';
  return [{ path: ['ec2_security_group_ids'], value: groups, reason }];
}

async function hostsOf({ name }: Document, needs: Needs): Promise<readonly Document[]> {
  return typeof name === 'string' ? needs.find('host', 'group', name) : [];
}

async function activeHostsOf(group: Document, needs: Needs): Promise<Json> {
  return (await hostsOf(group, needs)).filter(isActive).map((host) => pick(host, ['id', 'name', 'hostkey']));
}

/** What the lists of each version have beside the groups that are stored. */
const LISTED = { v1: ['all-active', 'self'], v2: ['all-active'] } as const;

/** Items of built-in groups, by what they are made of, which never changes. */
const builtinItems: PerVersion<WeakMap<AddressLists, readonly JsonObject[]>> = { v1: new WeakMap(), v2: new WeakMap() };

/** The built-in groups as lists show them. The same frozen list as long as their addresses are the same. */
async function listedBuiltins(
  version: ApiVersion,
  groups: readonly Document[],
  { list, gather }: Needs,
): Promise<readonly JsonObject[]> {
  const fleet = { groups, hosts: await list('host') };
  const lists = gather(fleet.groups, fleet.hosts);
  const known = builtinItems[version].get(lists);
  if (known !== undefined) return known;
  const items = Object.freeze(LISTED[version].map((id) => builtinGroup(id, fleet, () => lists)));
  builtinItems[version].set(lists, items);
  return items;
}

const subs: SubResources = {
  summary: '`hosts`, addresses such as `ips` and `internal_ipv4s`, `ec2_security_group_ids`, `ruleset` (v2)',
  of: {
    hosts: activeHostsOf,
    ec2_security_group_ids: ({ ec2_security_group_ids: ids }) => (isList(ids) ? ids : []),
    ...Object.fromEntries(
      Object.entries(ADDRESS_SUBS).map(([sub, addresses]) => [
        sub,
        async (group: Document, needs: Needs) =>
          addresses(addressesOf([group], await hostsOf(group, needs), needs.dialect)),
      ]),
    ),
  },
};

export const group: WatchedResource = {
  ...usual('group', groupSchema),
  indexes: ['name', 'profile_id'],
  merge: 'replace',
  droppedOnPut: always([['vars'], ['ec2_security_group_ids']]),
  v1Item: ['id', 'name', 'profile_id', 'profile_name', 'profile_version', 'ec2_security_group_ids'],
  complete: (doc, now) => ({
    profile_version: 'latest',
    ...HASHES,
    external_ipv4_addresses: [],
    external_ipv6_addresses: [],
    ...doc,
    created: now,
  }),
  check: async (doc, before, needs) => {
    const fields = { v4: 'external_ipv4_addresses', v6: 'external_ipv6_addresses' };
    return verdict(
      setNameViolation('group', doc, before) ??
        (await needs.run(addressViolation(doc, before, fields, needs.dialect()))),
      withoutEffect(doc, needs.keepsSecurityGroups),
    );
  },
  usedBy: {
    versions: ['v1'],
    reason: 'in active profile',
    of: async (id, needs) => profilesNaming(id, await needs.list('ruleset'), await needs.list('profile')),
  },
  builtins: { ids: [...BUILTIN_GROUPS, 'any'], names: BUILTIN_GROUPS, documents: new Map() },
  list: {
    more: {
      v1: (groups, needs) => listedBuiltins('v1', groups, needs),
      v2: (groups, needs) => listedBuiltins('v2', groups, needs),
    },
  },
  subs,
  terraform: {
    served: TERRAFORM_IN_V2,
    attributes: [
      'description',
      'name',
      'profile_id',
      'profile_name',
      'profile_version',
      'ec2_security_group_ids',
      'vars',
      'alert_enable',
    ],
  },
  watch: {
    dirties: (change, stale) => {
      const { id, before, after } = change;
      // A client may have overwritten the hashes in the row.
      if (after !== undefined) stale.groupHashes(id);
      if (!groupChanged(change)) return;
      stale.policy();
      stale.group(id, after !== undefined);
      stale.rulesNamingPeer(id);
      stale.sets(`group-${textOf(after?.name ?? before?.name)}`);
      stale.addressesOfGroups([before?.name, after?.name]);
    },
    counts: countRows('group_update'),
  },
};
