import { ANYWHERE, gather, packetsKey, ruleKey, spread, type Ec2Packets } from './ec2-rule.js';
import type { Ec2Permission, Ec2Rule } from './ec2-rule.js';

/** What has to be authorised and revoked so that a security group has the wanted rules. */
export interface Difference {
  readonly add: readonly Ec2Permission[];
  readonly remove: readonly Ec2Permission[];
}

/**
 * Compares wanted rules with those that EC2 has. `undecided`: packets of rules that could not be made; what lets some
 * peer through for them stays, but for the whole world.
 */
export function difference(
  wanted: readonly Ec2Rule[],
  present: readonly Ec2Permission[],
  undecided: readonly Ec2Packets[] = [],
): Difference {
  const there = spread(present);
  const wantedKeys = new Set(wanted.map(ruleKey));
  const thereKeys = new Set(there.map(ruleKey));
  const open = new Set(undecided.map(packetsKey));
  const stays = (rule: Ec2Rule): boolean =>
    open.has(packetsKey(rule)) && !('cidr' in rule.peer && rule.peer.cidr === ANYWHERE);
  return {
    add: gather(wanted.filter((rule) => !thereKeys.has(ruleKey(rule)))),
    remove: gather(there.filter((rule) => !wantedKeys.has(ruleKey(rule)) && !stays(rule))),
  };
}
