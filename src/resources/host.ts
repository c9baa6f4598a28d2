import type { Document, JsonObject } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import type { RowChange } from '../model/row-change.js';
import { idSchema } from './id-schema.js';
import type { WatchedResource } from './resource.js';
import { always, NAME, needs, TERRAFORM_IN_V2, usual } from './usual.js';
import { fieldByAddress, isActive } from './views/host-addresses.js';
import type { WatchedBatch } from './watch.js';
import { isDeepStrictEqual } from 'node:util';

/** `""` or epoch seconds: `maxLength` says nothing about numbers. */
const timestamp: JsonSchema = { type: ['number', 'string'], maxLength: 0 };
const needed: JsonSchema = { type: 'string', minLength: 1 };

const SHORTEST_NEW_HOSTKEY = 10;

/** host (docs/http-api.md#host). `interfaces` and what agents report are deliberately unchecked. */
const hostSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'host',
  type: 'object',
  properties: {
    id: idSchema,
    hostkey: { type: 'string', minLength: SHORTEST_NEW_HOSTKEY, pattern: '^[A-Za-z0-9+%_.-](.*)$' },
    name: needed,
    group: { maxLength: 26 },
    environment: needed,
    location: needed,
    active: { enum: ['active', 'inactive', 'retired', 'new'] },
    hash_fail_count: { type: 'number' },
    hash_alert_sent: timestamp,
    ipset_hash_timestamp: timestamp,
    iptables_hash_timestamp: timestamp,
    keepalive_alert_sent: timestamp,
    keepalive_timestamp: timestamp,
    vars: { type: 'object' },
    alert_enable: { type: 'boolean' },
  },
  required: ['environment', 'group', 'hostkey', 'location', 'name'],
};

const DEFAULTS = {
  active: 'new',
  hash_fail_count: 0,
  hash_alert_sent: '',
  ipset_hash_timestamp: '',
  iptables_hash_timestamp: '',
  keepalive_alert_sent: '',
  keepalive_timestamp: '',
};

/** Agents may have registered with a shorter hostkey than a new one has over the API: theirs stays valid. */
function withOwnHostkey(checked: JsonObject, before: Document): JsonObject {
  const { hostkey } = checked;
  return typeof hostkey === 'string' && hostkey !== '' && hostkey === before.hostkey
    ? { ...checked, hostkey: hostkey.padEnd(SHORTEST_NEW_HOSTKEY, '_') }
    : checked;
}

function differs(change: RowChange, fields: readonly string[]): boolean {
  return fields.some((field) => !isDeepStrictEqual(change.before?.[field], change.after?.[field]));
}

/**
 * Whether a host change can move addresses between sets, as entering or leaving `active` does
 * (docs/host-lifecycle.md#what-dirties-what).
 */
function addressesChanged(change: RowChange): boolean {
  return (
    (change.before?.active === 'active' || change.after?.active === 'active') &&
    differs(change, ['active', 'group', 'interfaces'])
  );
}

/** Whether any of these changes touches one of the fields, the row's coming and going included. */
function anyDiffers(changes: readonly RowChange[], fields: readonly string[]): boolean {
  return changes.some(({ before, after }) => fields.some((field) => before?.[field] !== after?.[field]));
}

/** Changes of interfaces are also counted as changes of configurations, once per batch. */
function counts({ hosts, hostConfigs }: WatchedBatch): Readonly<Record<string, number>> {
  return {
    host_config_update: hostConfigs.length + (anyDiffers(hosts, ['interfaces']) ? 1 : 0),
    host_active_update: anyDiffers(hosts, ['name', 'active', 'hostkey']) ? 1 : 0,
  };
}

export const host: WatchedResource = {
  ...usual('host', hostSchema),
  indexes: ['group', 'hostkey', 'hostname', 'name'],
  reportedByAgents: true,
  uniqueOn: always(['hostkey']),
  createSchema: { v1: needs({ name: NAME, hostkey: NAME }), v2: hostSchema },
  merge: 'replace',
  droppedOnPut: { v1: [], v2: [['vars']] },
  v1Item: ['id', 'name', 'group', 'active', 'hostkey'],
  listsSchema: always(false),
  complete: (doc, _now, version) => ({
    ...DEFAULTS,
    ...(version === 'v1' ? { environment: '*', location: '*' } : {}),
    ...doc,
  }),
  asChecked: withOwnHostkey,
  // Only active hosts are found by name (docs/http-api.md#host).
  foundByName: isActive,
  alsoFoundBy: { field: 'hostkey', description: 'The host of this hostkey' },
  list: {
    inPages: true,
    flags: [{ name: 'active', description: 'true: only hosts whose `active` is `active`' }],
    select: async (hosts, set) => (set.has('active') ? hosts.filter(isActive) : hosts),
    views: {
      names: (hosts) => fieldByAddress(hosts, 'name'),
      hostkeys: (hosts) => fieldByAddress(hosts, 'hostkey'),
    },
  },
  terraform: {
    served: TERRAFORM_IN_V2,
    attributes: ['environment', 'group', 'hostkey', 'location', 'name', 'vars', 'alert_enable'],
    // Every host is printed with the environment "qa", so that of a posted one is ignored.
    fixed: { environment: 'qa' },
    needs: (hostSchema.required ?? []).filter((key) => key !== 'environment'),
  },
  watch: {
    dirties: (change, stale) => {
      const { before, after } = change;
      stale.host(change);
      // What its agent must be told (docs/protocol.md#host-configuration).
      if (differs(change, ['environment', 'group', 'hostkey', 'location', 'name'])) stale.hostConfig(change);
      if (!addressesChanged(change)) return;
      stale.policy();
      stale.sets('dog_host_interface_watcher');
      stale.addressesOfGroups([before?.group, after?.group]);
    },
    counts,
  },
};
