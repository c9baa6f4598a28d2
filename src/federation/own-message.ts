import type { Dialect } from '../firewall/dialect.js';
import { ownSetsInSteps } from '../firewall/policy/own-sets.js';
import type { Policy } from '../firewall/policy/policy.js';
import { compareBytes } from '../firewall/hash/byte-order.js';
import { isEnvironmentName } from '../model/environment-name.js';
import { isList, isObject } from '../model/validate.js';
import type { FederatedSets, SecurityGroup } from '../wire/messages/federation.js';

/** `NOTSET`: this server has no name that others could know it by. */
const NOT_SET = 'NOTSET';

/** Why a server of this `env` can tell nobody anything; undefined: it can. */
export function ownNameFault(env: string): string | undefined {
  return env !== NOT_SET && isEnvironmentName(env)
    ? undefined
    : 'env: this server has no name; set it to one or two characters';
}

/**
 * What this server tells linked ones of itself: all its own groups and zones, and never what it learnt from others, so
 * that nothing goes round in circles (docs/protocol.md#linked-servers). Which documents there are is seen before
 * the first pause.
 */
export function* ownFederatedSets(policy: Policy, dialect: Dialect, env: string): Generator<void, FederatedSets> {
  const ec2 = ownSecurityGroups(policy);
  const { v4, v6 } = yield* ownSetsInSteps(policy, dialect);
  return { name: env, v4, v6, ec2 };
}

/** EC2 security groups by group name; `self` has none, as its set has no address. */
function ownSecurityGroups(policy: Policy): FederatedSets['ec2'] {
  const byName = new Map<string, SecurityGroup[]>([['self', []]]);
  for (const { name, ec2_security_group_ids: ids } of policy.group.values()) {
    if (typeof name !== 'string') continue;
    const known = byName.get(name) ?? [];
    for (const entry of isList(ids) ? ids : []) {
      if (!isObject(entry)) continue;
      const { region, sgid } = entry;
      if (typeof region === 'string' && typeof sgid === 'string') known.push({ region, sgid });
    }
    byName.set(name, known);
  }
  return Object.fromEntries([...byName].sort(([a], [b]) => compareBytes(a, b)));
}
