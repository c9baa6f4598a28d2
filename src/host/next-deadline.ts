import type { HostState } from './host-state.js';

/** The next thing that silence does to a host. */
export interface Deadline {
  readonly event: 'keepalive_timeout' | 'retirement_timeout';
  /** Monotonic milliseconds. */
  readonly at: number;
}

/** All in milliseconds, moments on the monotonic clock: a wall clock that jumps triggers nothing. */
export interface Silence {
  /** The last report, or since when its actor runs. */
  readonly lastSeen: number;
  /** Since when agents report (docs/host-lifecycle.md#deadlines): no deadline counts from before. */
  readonly guardOpenedAt: number;
  /** When a host that said good-bye is expected to be gone; Infinity: it said none. */
  readonly stopDeadline: number;
  readonly keepaliveMs: number;
  readonly retirementMs: number;
}

/**
 * Which deadline a host in this state has; `undefined`: none (docs/host-lifecycle.md#deadlines: new and retired hosts
 * wait).
 */
export function nextDeadline(state: HostState, silence: Silence): Deadline | undefined {
  const from = Math.max(silence.lastSeen, silence.guardOpenedAt);
  switch (state) {
    case 'active':
    case 'active_hashfail':
      return {
        event: 'keepalive_timeout',
        at: Math.min(from + silence.keepaliveMs, Math.max(silence.stopDeadline, silence.guardOpenedAt)),
      };
    case 'inactive':
    case 'inactive_hashfail':
      return { event: 'retirement_timeout', at: from + silence.retirementMs };
    case 'new':
    case 'retired':
      return undefined;
  }
}
