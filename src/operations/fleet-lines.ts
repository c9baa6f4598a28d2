import type { RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import { whyNotSent, type WhyNotSentNeeds } from '../actors/last-good/why-not-sent.js';
import { stateOf, type HostState } from '../host/host-state.js';
import type { Document } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import type { World } from '../world/world.js';
import type { GroupLine, GroupState } from './fleet-answers.js';

export type FleetLinesNeeds = WhyNotSentNeeds & {
  readonly world: Pick<World, 'rows' | 'hostsOf'>;
  readonly outputs: Pick<RulesetOutputs, 'get' | 'awaited' | 'failures'>;
};

/** It has other rules than it was sent, for longer than it is given (docs/host-lifecycle.md#states). */
export function isDrifted(state: HostState): boolean {
  return state === 'active_hashfail';
}

/** It no longer reports, and has not been given up yet. */
export function isSilent(state: HostState): boolean {
  return state === 'inactive' || state === 'inactive_hashfail';
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
  };
}

/** In the order of names, and of ids where names are equal. */
export function byName(a: { readonly name: string; readonly id: string }, b: typeof a): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;
}
