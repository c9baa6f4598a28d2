import type { Document, Json, JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import { isActive } from './host-addresses.js';

/** A group of an inventory, as Ansible's inventory scripts print it. */
interface InventoryGroup {
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  vars: JsonObject;
}

/**
 * An inventory in the form of Ansible's inventory scripts: `{GROUP: {hosts, vars, children}, _meta: {hostvars}}`. It has
 * what the inventory plugin reads of this server (docs/http-api.md#the-python-client-and-ansible): the active hosts, with their
 * own variables and every other field as `dog_FIELD`; the groups with their variables and hosts; and the groups of a
 * fact, whose variables win. What is of another form than it should be is left out: a fact may hold anything.
 */
export function inventory(fact: Document, groups: readonly Document[], hosts: readonly Document[]): JsonObject {
  const hostvars = new Map<string, JsonObject>();
  const found = new Map<string, InventoryGroup>();
  const group = (name: string): InventoryGroup => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const made: InventoryGroup = { hosts: new Set(), children: new Set(), vars: {} };
    found.set(name, made);
    return made;
  };
  for (const { name, vars } of groups) if (typeof name === 'string') group(name).vars = objectOr(vars);
  for (const host of hosts) {
    const name = nameOf(host);
    if (name === undefined || !isActive(host)) continue;
    hostvars.set(name, hostVariables(host));
    if (typeof host['group'] === 'string' && host['group'] !== '') group(host['group']).hosts.add(name);
  }
  for (const [name, content] of Object.entries(objectOr(fact['groups']))) {
    const to = group(name);
    const { vars, hosts: own, children } = objectOr(content);
    to.vars = { ...to.vars, ...objectOr(vars) };
    for (const [host, variables] of Object.entries(objectOr(own))) {
      to.hosts.add(host);
      hostvars.set(host, { ...hostvars.get(host), ...objectOr(variables) });
    }
    if (isList(children)) for (const child of children) if (typeof child === 'string') to.children.add(child);
  }
  const printed = [...found].map(([name, { hosts: members, children, vars }]): [string, Json] => [
    name,
    { hosts: [...members].sort(), vars, children: [...children].sort() },
  ]);
  return { ...Object.fromEntries(printed), _meta: { hostvars: Object.fromEntries(hostvars) } };
}

/** By name, or by hostkey where there is none. */
function nameOf({ name, hostkey }: Document): string | undefined {
  if (typeof name === 'string' && name !== '') return name;
  return typeof hostkey === 'string' && hostkey !== '' ? hostkey : undefined;
}

function hostVariables({ vars, ...fields }: Document): JsonObject {
  const named = Object.entries(fields).map(([field, value]) => [`dog_${field}`, value] as const);
  return { ...Object.fromEntries(named), ...objectOr(vars) };
}

function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
