import { Ec2Error, type Ec2Cloud } from '../../ec2/ec2-cloud.js';
import { spread } from '../../ec2/ec2-rule.js';
import type { DirectionPlan, GroupPlan } from '../../ec2/plan.js';
import type { Log } from '../../log/log.js';
import type { Metrics } from '../../metrics/create-metrics.js';

export interface ApplyPlanNeeds {
  readonly cloud: Pick<Ec2Cloud, 'authorize' | 'revoke'>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether publishing is held back now: then no further security group is begun. */
  readonly held: () => boolean;
}

const DIRECTIONS = ['inbound', 'outbound'] as const;

/**
 * Gives the security groups of a region the rules that they lack, and takes away those that they should not have: a
 * group's new ones first, so that nobody is cut off for the time between. Returns what could not be done, one sentence
 * per security group.
 * @throws Ec2Error when the region as a whole can't be worked on
 */
export async function applyPlans(
  { cloud, log, metrics, held }: ApplyPlanNeeds,
  region: string,
  plans: readonly GroupPlan[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const plan of plans) {
    if (held() || signal.aborted) break;
    const { sgid } = plan;
    try {
      for (const direction of DIRECTIONS) {
        const { add } = plan[direction];
        if (add.length === 0) continue;
        await cloud.authorize({ region, sgid, direction, permissions: add }, signal);
        metrics.count('dog_trainer_ec2_changes_total', 'authorized', spread(add).length);
        log.info({ region, sgid, direction, permissions: add }, 'rules of a security group were authorised');
      }
      for (const direction of DIRECTIONS) {
        const { remove } = plan[direction];
        if (remove.length === 0) continue;
        await cloud.revoke({ region, sgid, direction, permissions: remove }, signal);
        metrics.count('dog_trainer_ec2_changes_total', 'revoked', spread(remove).length);
        log.info({ region, sgid, direction, permissions: remove }, 'rules of a security group were revoked');
      }
    } catch (error) {
      if (!(error instanceof Ec2Error) || error.code !== 'refused') throw error;
      failures.push(error.message);
    }
  }
  return failures;
}

/** Why parts of a plan can't be done, one sentence each. */
export function planFaults(plans: readonly GroupPlan[]): readonly string[] {
  return plans.flatMap(({ sgid, error, inbound, outbound }) => [
    ...(error === undefined ? [] : [error]),
    ...[inbound, outbound].flatMap((part: DirectionPlan) =>
      part.error === undefined ? [] : [`${sgid}: ${part.error}`],
    ),
  ]);
}

/** Rules of ours that EC2 is not told, of all the security groups. */
export function refusedRules(plans: readonly GroupPlan[]): number {
  return plans.reduce((sum, { inbound, outbound }) => sum + inbound.refused.length + outbound.refused.length, 0);
}
