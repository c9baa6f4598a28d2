import { byHashField } from '../../model/ruleset-variants.js';

/** The type of a report's field, and its bounds in bytes (docs/protocol.md#report). */
export interface FieldRule {
  readonly kind: 'text' | 'text_or_chunks' | 'text_or_list' | 'list' | 'tags';
  /** A report without it is refused. */
  readonly required: boolean;
  readonly maxBytes: number;
  /** Elements of a list, members of a map. */
  readonly maxItems?: number;
}

function text(required: boolean, maxBytes = 1024): FieldRule {
  return { kind: 'text', required, maxBytes };
}

/**
 * Every field but `updatetype`. Agents differ in the optional ones: the Elixir agent has no `docker_container_ids`,
 * older agents lack cloud and system fields.
 */
export const REPORT_FIELDS: Readonly<Record<string, FieldRule>> = {
  name: text(true),
  // A thousand containers, with one interface and one link-local address each, are 48 kB.
  interfaces: text(true, 64 * 1024),
  group: text(true),
  location: text(true),
  environment: text(true),
  // Queue and routing keys hold it, and AMQP ends those at 255 bytes.
  hostkey: text(true, 200),
  ...byHashField(() => text(true, 128)),
  version: text(false),
  provider: text(false),
  ec2_region: text(false),
  ec2_instance_id: text(false),
  ec2_availability_zone: text(false),
  ec2_owner_id: text(false),
  ec2_vpc_id: text(false),
  ec2_subnet_id: text(false),
  ec2_security_group_ids: { kind: 'text_or_list', required: false, maxBytes: 16 * 1024, maxItems: 256 },
  ec2_instance_tags: { kind: 'tags', required: false, maxBytes: 64 * 1024, maxItems: 256 },
  os_distribution: { kind: 'text_or_chunks', required: false, maxBytes: 1024 },
  os_version: { kind: 'text_or_chunks', required: false, maxBytes: 1024 },
  // A Linux bridge has 1023 ports; an id has 64 bytes.
  docker_container_ids: { kind: 'list', required: false, maxBytes: 96 * 1024, maxItems: 1024 },
  active: text(false, 32),
};

/** Fields that end up in queue names, routing keys, file names and mail headers: one line of text, no controls. */
export const ONE_LINE_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'hostkey',
  'group',
  'location',
  'environment',
  'version',
]);

/** All fields that no rule names, together: bytes of their JSON. */
export const MAX_EXTRA_BYTES = 16 * 1024;
