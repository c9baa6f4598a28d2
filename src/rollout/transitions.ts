import { type FailedHost, hostsAhead, isLive, type Rollout, type RolloutPause } from './rollout.js';

/**
 * How a rollout goes from one state to the next: each gives a new one, `now` in epoch seconds
 * (docs/rollout.md#states). Who calls them sees to it that the store has the new one before anything follows from it.
 */

/** These hosts are next; nothing is sent to them yet. */
export function stepBegun(rollout: Rollout, hosts: readonly string[], now: number): Rollout {
  const steps = [...rollout.steps, { hosts, confirmedAt: null, doneAt: null }];
  return { ...rollout, state: 'rolling', steps, changedAt: now };
}

/** The broker has confirmed what goes to the hosts of the newest step. */
export function stepConfirmed(rollout: Rollout, now: number): Rollout {
  return lastStep(rollout, { confirmedAt: now }, now);
}

export function stepDone(rollout: Rollout, now: number): Rollout {
  return lastStep(rollout, { doneAt: now }, now);
}

function lastStep(
  rollout: Rollout,
  part: { readonly confirmedAt?: number; readonly doneAt?: number },
  now: number,
): Rollout {
  const steps = rollout.steps.map((step, index) => (index === rollout.steps.length - 1 ? { ...step, ...part } : step));
  return { ...rollout, steps, changedAt: now };
}

/** To the whole group, by its key. */
export function promoted(rollout: Rollout, now: number): Rollout {
  return { ...rollout, state: 'promoting', changedAt: now };
}

/** The broker has confirmed the group's message. */
export function promotionConfirmed(rollout: Rollout, now: number): Rollout {
  return { ...rollout, promotedAt: now, changedAt: now };
}

/** What it did when it stood still, or is doing. */
export function activity({ state, pause }: Rollout): RolloutPause['from'] | undefined {
  if (pause !== null) return pause.from;
  return state === 'planned' || state === 'rolling' || state === 'promoting' ? state : undefined;
}

/** Whether all hosts of the group are not to be given this text (its id) any more, though it was said before. */
export function isOverruled(rollout: Rollout, ruleset: string): boolean {
  const { state, candidate, base } = rollout;
  if (state === 'done' || state === 'superseded') return false;
  const toAll = activity(rollout) === 'promoting';
  return (ruleset === candidate.id && !toAll) || (ruleset === base.id && toAll);
}

/** Undefined: there is nothing to pause. A pause of an operator is not undone by another. */
export function paused(
  rollout: Rollout,
  pause: Omit<RolloutPause, 'from' | 'at'>,
  now: number,
  failed: readonly FailedHost[] = rollout.failed,
): Rollout | undefined {
  const from = activity(rollout);
  if (from === undefined) return undefined;
  return { ...rollout, state: 'paused', pause: { ...pause, from, at: now }, failed, changedAt: now };
}

export function resumed(rollout: Rollout, now: number): Rollout | undefined {
  const { pause } = rollout;
  if (rollout.state !== 'paused' || pause === null) return undefined;
  return { ...rollout, state: pause.from, pause: null, failed: [], changedAt: now };
}

/** Hosts that have it are given back what the group had; where none has it, it is over. */
export function rolledBack(
  rollout: Rollout,
  why: string,
  now: number,
  failed: readonly FailedHost[] = rollout.failed,
): Rollout {
  const wasPromoted = activity(rollout) === 'promoting' || rollout.promotedAt !== null;
  const over = hostsAhead(rollout).length === 0 && !wasPromoted;
  return {
    ...rollout,
    state: over ? 'rolled_back' : 'rolling_back',
    why,
    failed,
    pause: null,
    hurry: null,
    // What was promoted is taken back from everybody.
    promotedAt: wasPromoted ? (rollout.promotedAt ?? now) : null,
    returnedAt: now,
    changedAt: now,
    endedAt: over ? now : null,
  };
}

/** These hosts have not shown yet that they have back what the group had. */
export function rollbackBlocked(rollout: Rollout, failed: readonly FailedHost[], now: number): Rollout {
  return { ...rollout, state: 'rollback_blocked', failed, changedAt: now };
}

export function ended(
  rollout: Rollout,
  state: 'done' | 'rolled_back' | 'superseded',
  why: string | null,
  now: number,
): Rollout {
  return { ...rollout, state, why: why ?? rollout.why, pause: null, changedAt: now, endedAt: now };
}

/** On to all hosts as soon as one has shown it; one that was being rolled back begins anew, with one host. */
export function hurried(
  rollout: Rollout,
  by: { readonly author: string; readonly reason: string },
  now: number,
): Rollout | undefined {
  if (!isLive(rollout)) return undefined;
  const from = activity(rollout);
  const anew = from === undefined;
  return {
    ...rollout,
    state: from ?? 'planned',
    steps: anew ? [] : rollout.steps,
    // They may not have been given it back yet.
    returning: anew ? [...new Set([...hostsAhead(rollout), ...rollout.returning])] : rollout.returning,
    promotedAt: anew ? null : rollout.promotedAt,
    returnedAt: null,
    pause: null,
    failed: [],
    why: null,
    hurry: by,
    changedAt: now,
  };
}
