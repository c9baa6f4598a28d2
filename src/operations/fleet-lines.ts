import type { RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import { whyNotSent, type WhyNotSentNeeds } from '../actors/last-good/why-not-sent.js';
import { stateOf, type HostState } from '../host/host-state.js';
import type { Document } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { World } from '../world/world.js';
import { isLive } from '../rollout/rollout.js';
import type { GroupLine, GroupRollout, GroupState, HeldAt } from './fleet-answers.js';
import { stepSaid } from './rollouts/rollout-lines.js';

export type FleetLinesNeeds = WhyNotSentNeeds & {
  readonly world: Pick<World, 'rows' | 'hostsOf'>;
  readonly outputs: Pick<RulesetOutputs, 'get' | 'awaited' | 'failures' | 'revisions'> & {
    readonly rollouts: Pick<RulesetOutputs['rollouts'], 'get'>;
  };
};

/** It has other rules than it was sent, for longer than it is given (docs/host-lifecycle.md#states). */
export function isDrifted(state: HostState): boolean {
  return state === 'active_hashfail';
}

/** It no longer reports, and has not been given up yet. */
export function isSilent(state: HostState): boolean {
  return state === 'inactive' || state === 'inactive_hashfail';
}

function heldAt({ revisions: { pins, waiting } }: FleetLinesNeeds['outputs'], groupId: string): HeldAt | null {
  const pin = pins.get(groupId);
  if (pin === undefined) return null;
  const { number, reason, author, at } = pin;
  return { number, reason, author, at, waiting: waiting.has(groupId) };
}

function rolloutOf({ rollouts }: FleetLinesNeeds['outputs'], groupId: string): GroupRollout | null {
  const rollout = rollouts.get(groupId);
  if (rollout === undefined || !(isLive(rollout) || rollout.state === 'rolled_back')) return null;
  const { id, state, pause, why } = rollout;
  return { id, state, why: pause?.why ?? why, step: stepSaid(rollout) };
}

export function groupLine(needs: FleetLinesNeeds, row: Document): GroupLine {
  const output = needs.outputs.get(row.id);
  const failure = needs.outputs.failures.get(row.id);
  const states = needs.world
    .hostsOf(textOf(row.name))
    .map(stateOf)
    .filter((state) => state !== 'retired');
  const state: GroupState =
    failure !== undefined
      ? 'error'
      : output === undefined
        ? 'pending'
        : output.publishedAt === null
          ? 'compiled'
          : 'published';
  return {
    id: row.id,
    name: textOf(row.name),
    profile: textOf(row.profile_name),
    state,
    error: failure === undefined ? null : textOf(failure.error.message),
    not_sent: whyNotSent(needs, row.id) ?? null,
    hosts: states.length,
    drifted: states.filter(isDrifted).length,
    silent: states.filter(isSilent).length,
    compiled_at: output?.compiledAt ?? null,
    published_at: output?.publishedAt ?? null,
    pinned: heldAt(needs.outputs, row.id),
    rollout: rolloutOf(needs.outputs, row.id),
  };
}

/** In the order of names, and of ids where names are equal. */
export function byName(a: { readonly name: string; readonly id: string }, b: typeof a): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;
}
