import type { JsonObject, Resource } from './document.js';
import type { JsonSchema } from './json-schema.js';
import type { ResourceModel } from './resource-model.js';
import { byHashField } from './ruleset-variants.js';
import { externalSchema } from './schemas/external-schema.js';
import { factSchema } from './schemas/fact-schema.js';
import { groupSchema } from './schemas/group-schema.js';
import { hostSchema } from './schemas/host-schema.js';
import { idSchema } from './schemas/id-schema.js';
import { linkSchema } from './schemas/link-schema.js';
import { profileSchema } from './schemas/profile-schema.js';
import { rulesetSchema } from './schemas/ruleset-schema.js';
import { serviceSchema } from './schemas/service-schema.js';
import { zoneSchema } from './schemas/zone-schema.js';
import { isList } from './validate.js';

function asSent(doc: JsonObject): JsonObject {
  return doc;
}
function always<T>(value: T) {
  return { v1: value, v2: value };
}

/** What most resources share; each declaration below says where it differs. */
function usual(name: Resource, schema: JsonSchema): ResourceModel {
  return {
    name,
    plural: `${name}s`,
    schema,
    uniqueOn: always(['name']),
    createSchema: always(schema),
    merge: 'deep',
    droppedOnPut: always([]),
    v1Item: ['id', 'name'],
    listsSchema: { v1: true, v2: false },
    hcl: { v1: false, v2: true },
    complete: asSent,
  };
}

/** IPv6 addresses are stored in lower case (docs/http-api.md#zone). */
function lowerCaseIpv6(doc: JsonObject): JsonObject {
  const addresses = doc['ipv6_addresses'];
  if (!isList(addresses)) return doc;
  return { ...doc, ipv6_addresses: addresses.map((item) => (typeof item === 'string' ? item.toLowerCase() : item)) };
}

const NAME: JsonSchema = { type: 'string', minLength: 1 };
const TEXTS: JsonSchema = { type: 'array', items: { type: 'string' } };
const NO_SETS = { groups: {}, zones: {} };

/** The little that v1 asks of some new documents: these keys, and an id that a path can name. */
function needs(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    properties: { id: idSchema, ...properties },
    required: Object.keys(properties),
  };
}

const HASHES = byHashField(() => '');
const HOST_DEFAULTS = {
  active: 'new',
  hash_fail_count: 0,
  hash_alert_sent: '',
  ipset_hash_timestamp: '',
  iptables_hash_timestamp: '',
  keepalive_alert_sent: '',
  keepalive_timestamp: '',
};

const declarations: readonly ResourceModel[] = [
  {
    ...usual('external', externalSchema),
    createSchema: { v1: needs({ name: NAME }), v2: externalSchema },
    merge: 'replace',
    hcl: always(false),
    // Consoles need both members of both families in every external (clients, dog_park).
    complete: (doc, now, version) => ({
      state: 'active',
      ...(version === 'v1' ? { v4: NO_SETS, v6: NO_SETS } : {}),
      ...doc,
      timestamp: now,
    }),
    touch: (doc, now) => ({ ...doc, timestamp: now }),
  },
  {
    ...usual('fact', factSchema),
    merge: 'replace',
    droppedOnPut: { v1: [], v2: [['groups', 'all', 'vars']] },
    listsSchema: always(true),
  },
  {
    ...usual('group', groupSchema),
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
  },
  {
    ...usual('host', hostSchema),
    uniqueOn: always(['hostkey']),
    createSchema: { v1: needs({ name: NAME, hostkey: NAME }), v2: hostSchema },
    merge: 'replace',
    droppedOnPut: { v1: [], v2: [['vars']] },
    v1Item: ['id', 'name', 'group', 'active', 'hostkey'],
    listsSchema: always(false),
    complete: (doc, _now, version) => ({
      ...HOST_DEFAULTS,
      ...(version === 'v1' ? { environment: '*', location: '*' } : {}),
      ...doc,
    }),
  },
  usual('link', linkSchema),
  {
    ...usual('profile', profileSchema),
    uniqueOn: { v1: ['name'], v2: [] },
    v1Item: ['id', 'name', 'created'],
    hcl: always(true),
  },
  { ...usual('ruleset', rulesetSchema), v1Item: 'all', hcl: always(true) },
  usual('service', serviceSchema),
  {
    ...usual('zone', zoneSchema),
    createSchema: { v1: needs({ name: NAME, ipv6_addresses: TEXTS }), v2: zoneSchema },
    listsSchema: always(false),
    complete: lowerCaseIpv6,
    touch: lowerCaseIpv6,
  },
];

/** The nine resources, by name. */
export const RESOURCES: ReadonlyMap<Resource, ResourceModel> = new Map(
  declarations.map((model) => [model.name, model]),
);

/** The declaration of one resource. */
export function resourceModel(name: Resource): ResourceModel {
  return RESOURCES.get(name) as ResourceModel;
}
