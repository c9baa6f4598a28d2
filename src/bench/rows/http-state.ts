import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, Table } from '../../model/document.js';
import type * as StoreModule from '../../store/sqlite/create-sqlite-store.js';
import type { Stage } from '../bench.js';

/** How much is in the store. */
export interface HttpState {
  readonly groups: number;
  readonly hosts: number;
}

const SERVICES = 100;
const RULES = 50;
const CHANGES_A_COMMIT = 500;

/** A store of groups with a profile and a ruleset of 50 rules each, and of hosts; gives the data directory. */
export async function seedHttpState(stage: Stage, { groups, hosts }: HttpState): Promise<string> {
  const data = join(await stage.directory(), 'data');
  await mkdir(data, { mode: 0o700 });
  const { createSqliteStore } = (await import(
    `${stage.dist}store/sqlite/create-sqlite-store.js`
  )) as typeof StoreModule;
  const store = await createSqliteStore({ path: join(data, 'dog_trainer.db') });
  const put = async (table: Table, count: number, make: (at: number) => JsonObject) => {
    for (let from = 0; from < count; from += CHANGES_A_COMMIT) {
      const docs = Array.from({ length: Math.min(CHANGES_A_COMMIT, count - from) }, (_, i) => make(from + i));
      const changes = docs.map((doc) => ({ op: 'create' as const, table, doc }));
      const result = await store.commit(changes, { author: 'bench', audit: false });
      if (!result.ok) throw new Error(`${table} could not be made: ${JSON.stringify(result.failure)}`);
    }
  };
  await put('service', SERVICES, serviceDoc);
  await put('profile', groups, (at) => ({ id: `profile-${at}`, name: `profile${at}`, version: '1.0', created: 1 }));
  await put('ruleset', groups, (at) => rulesetDoc(at, groups));
  await put('group', groups, groupDoc);
  await put('host', hosts, (at) => hostDoc(at, groups));
  await store.close();
  return data;
}

function serviceDoc(at: number): JsonObject {
  return {
    id: `service-${at}`,
    name: `service${at}`,
    version: 1,
    services: [{ protocol: 'tcp', ports: [String(1000 + at)] }],
  };
}

function rulesetDoc(at: number, groups: number): JsonObject {
  const rule = (order: number): JsonObject => ({
    action: 'ACCEPT',
    active: true,
    comment: '',
    environments: [],
    group: `group-${(at * 31 + order) % groups}`,
    group_type: 'ROLE',
    interface: '',
    log: false,
    log_prefix: '',
    order,
    service: `service-${(at + order * 7) % SERVICES}`,
    states: [],
    type: 'BASIC',
  });
  const rules = Array.from({ length: RULES }, (_, order) => rule(order + 1));
  return {
    id: `ruleset-${at}`,
    name: `profile${at}`,
    profile_id: `profile-${at}`,
    rules: { inbound: rules.slice(0, 35), outbound: rules.slice(35) },
  };
}

function groupDoc(at: number): JsonObject {
  return {
    id: `group-${at}`,
    name: `group${at}`,
    description: '',
    profile_id: `profile-${at}`,
    profile_name: `profile${at}`,
    profile_version: 'latest',
    external_ipv4_addresses: [`192.0.${at >> 8}.${at & 255}`],
    external_ipv6_addresses: [],
    created: 1_700_000_000,
    alert_enable: true,
  };
}

function hostDoc(at: number, groups: number): JsonObject {
  return {
    id: `host-${at}`,
    name: `host${at}`,
    hostkey: `key-${at}`,
    group: `group${at % groups}`,
    active: 'active',
    environment: '*',
    location: '*',
    interfaces: `[["eth0",["10.${at >> 16}.${(at >> 8) & 255}.${at & 255}"]]]`,
  };
}
