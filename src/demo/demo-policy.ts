import type { JsonObject } from '../model/document.js';

/** A small company's policy: public web servers, databases that only they may reach, ssh from the office. */
export const DEMO_GROUPS = ['web', 'db', 'cache'] as const;

/** Creates one document over the API and gives it back with its id. */
export type Create = (resource: string, doc: JsonObject) => Promise<{ readonly id: string }>;

/** A rule of either way that accepts new connections, with these parts different. */
export function demoRule(comment: string, parts: JsonObject): JsonObject {
  return {
    order: 0,
    active: true,
    action: 'ACCEPT',
    type: 'BASIC',
    group_type: 'ANY',
    group: 'any',
    service: 'any',
    states: ['NEW'],
    log: false,
    log_prefix: '',
    interface: '',
    environments: [],
    comment,
    ...parts,
  };
}

/** Seeds zones, services, profiles with their rulesets, and groups. */
export async function seedDemoPolicy(create: Create): Promise<void> {
  const service = async (name: string, protocol: string, ports: readonly string[]): Promise<string> =>
    (await create('service', { name, version: 1, services: [{ protocol, ports }] })).id;
  const zone = async (name: string, v4: readonly string[], v6: readonly string[]): Promise<string> =>
    (await create('zone', { name, ipv4_addresses: v4, ipv6_addresses: v6 })).id;
  const profile = async (name: string, inbound: readonly JsonObject[]): Promise<string> => {
    const { id } = await create('profile', { name, version: '1.0' });
    const outbound = [demoRule('all outbound', {})];
    await create('ruleset', { name, profile_id: id, rules: { inbound, outbound } });
    return id;
  };
  const group = (name: string, profileId: string): Promise<{ readonly id: string }> =>
    create('group', {
      name,
      description: `the ${name} servers`,
      profile_id: profileId,
      profile_name: name,
      profile_version: 'latest',
    });

  const [ssh, http, postgres, redis, ping] = [
    await service('ssh', 'tcp', ['22']),
    await service('http', 'tcp', ['80', '443']),
    await service('postgres', 'tcp', ['5432']),
    await service('redis', 'tcp', ['6379']),
    await service('ping', 'icmp', ['8']),
  ];
  const office = await zone('office', ['192.0.2.0/24', '198.51.100.7'], ['2001:db8:1::/48']);
  const admin = demoRule('ssh from the office', { group_type: 'ZONE', group: office, service: ssh });
  const pinged = demoRule('ping', { service: ping });
  const web = await group(
    'web',
    await profile('web', [
      admin,
      pinged,
      // Before the rule that lets everybody in, or it would never be asked.
      demoRule('too many connections', {
        type: 'CONNLIMIT',
        action: 'REJECT',
        service: http,
        conn_limit_above: 100,
        conn_limit_mask: 32,
      }),
      demoRule('the site', { service: http }),
    ]),
  );
  const cache = await group(
    'cache',
    await profile('cache', [admin, demoRule('redis for web', { group_type: 'GROUP', group: web.id, service: redis })]),
  );
  await group(
    'db',
    await profile('db', [
      admin,
      pinged,
      demoRule('postgres for web', { group_type: 'GROUP', group: web.id, service: postgres }),
      demoRule('postgres for cache', { group_type: 'GROUP', group: cache.id, service: postgres }),
    ]),
  );
}
