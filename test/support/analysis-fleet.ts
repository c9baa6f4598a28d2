import { RULE } from './api-client.js';
import { startWholeServer, until, type WholeServer } from './whole-server.js';

/** Office may ssh to web; everything that web sends to db's 5432 is rejected. */
export async function analysisFleet(): Promise<{
  readonly whole: WholeServer;
  readonly ids: Readonly<Record<string, string>>;
}> {
  const whole = await startWholeServer();
  const service = (name: string, port: string) =>
    whole.create('service', { name, version: 1, services: [{ protocol: 'tcp', ports: [port] }] });
  const [ssh, postgres] = [await service('ssh', '22'), await service('postgres', '5432')];
  const office = await whole.create('zone', { name: 'office', ipv4_addresses: ['10.9.0.0/24'], ipv6_addresses: [] });
  const rule = { ...RULE, service: ssh, group: office, group_type: 'ZONE', states: ['NEW'], comment: 'admins' };
  const db = await whole.group('db', [{ ...RULE, service: postgres, states: ['NEW'] }]);
  const web = await whole.group('web', [{ ...RULE, active: false }, rule]);
  await whole.edit('ruleset', web.ruleset, {
    rules: {
      inbound: [{ ...RULE, active: false }, rule],
      outbound: [{ ...RULE, service: postgres, group: db.group, group_type: 'ROLE', action: 'REJECT' }],
    },
  });
  for (const [name, group, address] of [
    ['web1', 'web', '192.0.2.10'],
    ['db1', 'db', '192.0.2.20'],
  ] as const)
    await whole.create('host', {
      name,
      hostkey: `hostkey-of-${name}`,
      group,
      environment: 'qa',
      location: '*',
      active: 'active',
      interfaces: JSON.stringify({ eth0: [address] }),
    });
  // Sets have the hosts' addresses, and the outbound rule is sent.
  await until(async () => {
    const { json } = await whole.api('POST', '/api/V2/explain', {
      from: 'host:web1',
      to: 'host:db1',
      protocol: 'tcp',
      port: 5432,
    });
    const [one] = json['cases'] as { from: { names: string[] }; to: { names: string[] } }[];
    const named = [...(one?.from.names ?? []), ...(one?.to.names ?? [])];
    return json['verdict'] === 'reject' && named.includes('group:web') && named.includes('group:db');
  }, 'sets and rules being published');
  return { whole, ids: { office, ssh, web: web.group, webRules: web.ruleset, db: db.group } };
}
