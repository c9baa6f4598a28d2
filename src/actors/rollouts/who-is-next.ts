import { nextStep } from '../../rollout/next-step.js';
import { hostsAhead, type Rollout } from '../../rollout/rollout.js';
import { type EligibleHost, groupHosts, type HostsWorld } from './group-hosts.js';
import { hostsUnseen } from './hosts-unseen.js';
import type { RolloutWatch } from './rollout-book.js';

/**
 * Who gets the change next. `unseen`: it would be all, though hosts that are to show it first can't be seen now, and why.
 * `nobody`: hosts report (so many), and none of them can show anything.
 */
export type WhoIsNext =
  | { readonly kind: 'hosts'; readonly hosts: readonly EligibleHost[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'unseen'; readonly why: string }
  | { readonly kind: 'nobody'; readonly reporting: number };

/** `now`: epoch seconds. */
export function whoIsNext(
  world: HostsWorld,
  watch: Pick<RolloutWatch, 'exempt' | 'progress'>,
  rollout: Rollout,
  { now, checkV6 }: { readonly now: number; readonly checkV6: boolean },
): WhoIsNext {
  const { groupId, groupName, base, candidate, policy } = rollout;
  const given = hostsAhead(rollout);
  const { reporting, eligible } = groupHosts(world, {
    groupId,
    groupName,
    base,
    candidate,
    taken: new Set(given),
    heardSince: now - policy.deadline_seconds,
    checkV6,
  });
  const judged = given.filter((hostkey) => !watch.exempt.has(hostkey));
  const well = judged.filter((hostkey) => (watch.progress.get(hostkey)?.proofs ?? 0) > 0).length;
  const hurry = rollout.hurry !== null;
  const next = nextStep(policy, { order: eligible, have: judged.length, well, reporting, hurry });
  if (next.kind === 'hosts') return next;
  if (next.kind === 'nobody') return { kind: 'nobody', reporting };
  // In a hurry somebody answers for it.
  const why = hurry ? undefined : hostsUnseen(world, rollout, { reporting, shown: well });
  return why === undefined ? { kind: 'all' } : { kind: 'unseen', why };
}
