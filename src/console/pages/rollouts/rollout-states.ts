import type { RolloutCommand } from '../../../actors/rollouts/rollout-messages.js';
import type { RolloutHostStatus } from '../../../rollout/host-status.js';
import type { RolloutPause, RolloutState } from '../../../rollout/rollout.js';
import type { Tone } from '../../parts/tone.js';

/** In words, as docs/rollout.md#states has them. */
export const ROLLOUT_STATES: Readonly<Record<RolloutState, { readonly words: string; readonly tone: Tone }>> = {
  planned: { words: 'planned', tone: 'info' },
  rolling: { words: 'rolling', tone: 'info' },
  promoting: { words: 'promoting', tone: 'info' },
  paused: { words: 'paused', tone: 'warn' },
  rolling_back: { words: 'rolling back', tone: 'warn' },
  rollback_blocked: { words: 'rollback blocked', tone: 'bad' },
  done: { words: 'done', tone: 'ok' },
  rolled_back: { words: 'rolled back', tone: 'bad' },
  superseded: { words: 'superseded', tone: 'none' },
};

/** In the order of the picture; docs/rollout.md#hosts. */
export const HOST_STATUSES: Readonly<Record<RolloutHostStatus, { readonly means: string; readonly tone: Tone }>> = {
  ok: { means: 'has shown the new rules in enough reports', tone: 'ok' },
  sent: { means: 'was sent the new rules, and has not shown them long enough', tone: 'info' },
  differs: { means: 'reports other rules, past its time', tone: 'bad' },
  silent: { means: 'does not report, past its time', tone: 'bad' },
  pending: { means: 'has what the group had', tone: 'none' },
  exempt: { means: 'proves nothing, and is not judged', tone: 'warn' },
};

const OVER: ReadonlySet<RolloutState> = new Set(['done', 'rolled_back', 'superseded']);

/** It goes on, by itself or by somebody's word. */
export function isLive(state: RolloutState): boolean {
  return !OVER.has(state);
}

/** What an operator can do in this state (docs/rollout.md#what-an-operator-can-do); the server checks it again. */
export function ordersIn(state: RolloutState, pause: RolloutPause | null): readonly RolloutCommand[] {
  if (state === 'rolled_back') return ['resume'];
  if (!isLive(state)) return [];
  const orders: RolloutCommand[] = [];
  if (state === 'planned' || state === 'rolling' || state === 'promoting' || pause?.kind === 'blind')
    orders.push('pause');
  if (state === 'paused') orders.push('resume');
  return [...orders, 'promote', 'abort'];
}
