import type { JsonObject } from '../model/document.js';
import type { HostConfig } from '../wire/messages/config.js';
import { printInterfaces } from '../wire/messages/interfaces.js';
import type { ReportedHashes } from '../wire/messages/report.js';
import type { AgentIdentity } from './agent-identity.js';

/** The fields of a report of this agent off EC2, all that docs/protocol.md#report lists for its kind. */
export function reportFields(
  { name, kind, version, interfaces }: AgentIdentity,
  config: HostConfig,
  hashes: ReportedHashes,
  stopping: boolean,
): JsonObject {
  return {
    name,
    interfaces: printInterfaces(interfaces),
    ...config,
    version,
    ...hashes,
    provider: 'unknown',
    ec2_region: '',
    ec2_instance_id: '',
    ec2_availability_zone: '',
    ec2_owner_id: '',
    ec2_vpc_id: '',
    ec2_subnet_id: '',
    ec2_security_group_ids: '',
    ec2_instance_tags: {},
    os_distribution: 'Debian',
    os_version: '12',
    ...(kind === 'erlang' ? { docker_container_ids: [] } : {}),
    ...(stopping ? { active: 'inactive' } : {}),
  };
}
