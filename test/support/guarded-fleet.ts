import type { JsonObject } from '../../src/model/document.js';
import { RULE } from './api-client.js';
import { startWholeServer, type GroupParts, type WholeServer, type WholeServerOptions } from './whole-server.js';

/** A server with a zone of operators, a group that lets them in by ssh, and two hosts in it. */
export interface GuardedFleet extends WholeServer {
  readonly office: string;
  readonly ssh: string;
  readonly web: GroupParts;
  /** A rule that lets operators in by ssh. */
  readonly sshRule: JsonObject;
  /** PUTs the inbound rules of a group. */
  rules(
    group: GroupParts,
    name: string,
    inbound: readonly JsonObject[],
    headers?: Record<string, string>,
  ): ReturnType<WholeServer['api']>;
  /** A host of a group that is active. */
  addHost(name: string, group: string, address: string): Promise<string>;
}

export const OFFICE_TO_WEB = {
  name: 'operators reach web',
  from: 'zone:office',
  to: 'group:web',
  protocol: 'tcp',
  port: 22,
  expect: 'accept',
  mode: 'enforce',
} as const;

export async function startGuardedFleet(options: WholeServerOptions = {}): Promise<GuardedFleet> {
  const s = await startWholeServer(options);
  const office = await s.create('zone', { name: 'office', ipv4_addresses: ['10.0.0.0/24'], ipv6_addresses: [] });
  const ssh = await s.create('service', { name: 'ssh', version: 1, services: [{ protocol: 'tcp', ports: ['22'] }] });
  const sshRule: JsonObject = { ...RULE, group_type: 'ZONE', group: office, service: ssh, comment: 'operators' };
  const web = await s.group('web', [sshRule]);
  const addHost: GuardedFleet['addHost'] = (name, group, address) =>
    s.create('host', {
      name,
      hostkey: `hostkey-${name}`,
      group,
      environment: '*',
      location: '*',
      active: 'active',
      interfaces: JSON.stringify({ eth0: [address], lo: ['127.0.0.1'] }),
    });
  await addHost('web1', 'web', '10.1.0.1');
  await addHost('web2', 'web', '10.1.0.2');
  return {
    ...s,
    office,
    ssh,
    sshRule,
    web,
    addHost,
    rules: (group, name, inbound, headers) =>
      s.api(
        'PUT',
        `/api/V2/ruleset/${group.ruleset}`,
        { name, profile_id: group.profile, rules: { inbound, outbound: [] } },
        headers,
      ),
  };
}
