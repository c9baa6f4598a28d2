import type { Document, Json } from '../model/document.js';
import { isList, isObject } from '../model/validate.js';
import type { Dialect } from '../firewall/dialect.js';
import { activeExternals } from '../firewall/policy/external-lists.js';
import type { Policy } from '../firewall/policy/policy.js';

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
  const lists: Json[] = [];
  for (const { row, prefixed } of activeExternals(policy)) {
    if (environment === null ? prefixed : row.name !== environment) continue;
    const { ec2 } = row;
    if (isObject(ec2) && Object.hasOwn(ec2, name)) lists.push(ec2[name] as Json);
  }
  if (dialect === 'dog1') return readGroupIds(lists.at(-1));
  return readGroupIds(lists.flatMap((list) => (isList(list) ? list : [])));
}

/** Ids of all security groups of a region that linked environments sent. */
export function sentGroupIdsIn(policy: Policy, region: string): readonly string[] {
  return activeExternals(policy)
    .flatMap(({ row: { ec2 } }) => (isObject(ec2) ? Object.values(ec2).flatMap(readGroupIds) : []))
    .filter((one) => one.region === region)
    .map(({ sgid }) => sgid);
}
