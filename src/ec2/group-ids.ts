import type { Document, Json } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import { isList, isObject } from '../model/validate.js';
import type { Dialect } from '../firewall/dialect.js';
import { sortedDocuments } from '../firewall/policy/sorted-documents.js';
import type { Policy } from '../firewall/policy/policy.js';
import { compareBytes } from '../firewall/hash/byte-order.js';

/** A security group, as documents of groups and linked environments name it. */
export interface SecurityGroupId {
  readonly region: string;
  readonly sgid: string;
}

/** The security groups in a list of `{region, sgid}`, without repeats; what is none is left out. */
export function readGroupIds(list: Json | undefined): readonly SecurityGroupId[] {
  if (!isList(list)) return [];
  const found = new Map<string, SecurityGroupId>();
  for (const item of list) {
    if (!isObject(item)) continue;
    const { region, sgid } = item;
    if (typeof region === 'string' && typeof sgid === 'string') found.set(`${region} ${sgid}`, { region, sgid });
  }
  return [...found.values()];
}

/** The security groups of a group of ours. */
export function groupIdsOf({ ec2_security_group_ids: list }: Document): readonly SecurityGroupId[] {
  return readGroupIds(list);
}

/**
 * The security groups that linked environments sent for a group's name: those of the named environment, or of all whose
 * sets are united with ours. Where several send the same name, `dog2` takes all; in `dog1` the last one counts alone,
 * as with sets.
 */
export function sentGroupIds(
  policy: Policy,
  name: string,
  dialect: Dialect,
  environment: string | null = null,
): readonly SecurityGroupId[] {
  const handling = new Map<Json | undefined, Json | undefined>();
  for (const { name: link, address_handling: how } of sortedDocuments(policy.link.values())) handling.set(link, how);
  const lists: Json[] = [];
  const rows = sortedDocuments(policy.external.values()).sort((a, b) => compareBytes(textOf(a.name), textOf(b.name)));
  for (const row of rows) {
    if (row.state !== 'active' || typeof row.name !== 'string') continue;
    const prefixed = (handling.get(row.name) ?? row.address_handling) === 'prefix';
    if (environment === null ? prefixed : row.name !== environment) continue;
    const { ec2 } = row;
    if (isObject(ec2) && Object.hasOwn(ec2, name)) lists.push(ec2[name] as Json);
  }
  if (dialect === 'dog1') return readGroupIds(lists.at(-1));
  return readGroupIds(lists.flatMap((list) => (isList(list) ? list : [])));
}

/** Ids of all security groups of a region that linked environments sent. */
export function sentGroupIdsIn(policy: Policy, region: string): readonly string[] {
  return [...policy.external.values()]
    .filter(({ state }) => state === 'active')
    .flatMap(({ ec2 }) => (isObject(ec2) ? Object.values(ec2).flatMap(readGroupIds) : []))
    .filter((one) => one.region === region)
    .map(({ sgid }) => sgid);
}
