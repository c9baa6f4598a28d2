import type { Json, JsonObject, Resource } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import { attribute, hclValue } from './hcl-value.js';

/** The attributes of each resource of the Terraform provider, in the order in which they are printed. */
const ATTRIBUTES: Readonly<Record<Exclude<Resource, 'external'>, readonly string[]>> = {
  fact: ['name', 'groups'],
  group: [
    'description',
    'name',
    'profile_id',
    'profile_name',
    'profile_version',
    'ec2_security_group_ids',
    'vars',
    'alert_enable',
  ],
  host: ['environment', 'group', 'hostkey', 'location', 'name', 'vars', 'alert_enable'],
  link: ['address_handling', 'connection', 'connection_type', 'direction', 'enabled', 'name'],
  profile: ['name', 'version'],
  ruleset: ['name', 'profile_id', 'rules'],
  service: ['name', 'version', 'services'],
  zone: ['name', 'ipv4_addresses', 'ipv6_addresses'],
};

/** The resources that have an HCL form. */
export function hasHcl(name: string): name is keyof typeof ATTRIBUTES {
  return Object.hasOwn(ATTRIBUTES, name);
}

/** A Terraform resource for the document (http-api section 7); attributes that it lacks are left out. */
export function hclResource(resource: keyof typeof ATTRIBUTES, doc: JsonObject): string {
  const name = typeof doc['name'] === 'string' ? doc['name'] : '';
  // The old server printed every host as of "qa", and every resource for the provider alias dog.qa.
  const shown: JsonObject = resource === 'host' ? { ...doc, environment: 'qa' } : doc;
  const lines = ATTRIBUTES[resource].flatMap((key) => {
    const value = shown[key];
    return value === undefined ? [] : [`  ${providerAttribute(key, value)}`];
  });
  return `resource "dog_${resource}" "${terraformName(name)}" {\n${[...lines, '  provider = dog.qa'].join('\n')}\n}\n`;
}

/** An attribute as the provider takes it: `vars` as JSON text, and `connection` under another name, since Terraform keeps that one for itself. */
function providerAttribute(key: string, value: Json): string {
  if (key === 'vars' && isObject(value)) return `vars = jsonencode(${hclValue(value)})`;
  return attribute(key === 'connection' ? 'dog_connection' : key, value, '  ');
}

/** The name as Terraform takes it for a resource: `. ( ) / blank :` become `_`, as they always did, and so does all else that Terraform refuses. */
function terraformName(name: string): string {
  const safe = name.replace(/[^\p{L}\p{N}_-]/gu, '_');
  return /^[\p{L}_]/u.test(safe) ? safe : `_${safe}`;
}
