import { hashFieldsOf, type RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import type { AgentGuardState } from '../actors/guard/agent-guard-state.js';
import type { DriftBook } from '../actors/hosts/drift-book.js';
import { assignedTo } from '../actors/groups/assigned.js';
import { wantedSets } from '../actors/hosts/wanted-hashes.js';
import { whyNotSent } from '../actors/last-good/why-not-sent.js';
import type { ConfirmedSets } from '../actors/publishing/confirmed-sets.js';
import type { PublishingGate } from '../actors/publishing/publishing-gate.js';
import type { Config } from '../config/schema.js';
import { type HostState, stateOf } from '../host/host-state.js';
import type { Json } from '../model/document.js';
import { textOf } from '../model/text-of.js';
import {
  byHashField,
  byVariant,
  type HashField,
  type RulesetHashField,
  type RulesetVariantKey,
} from '../model/ruleset-variants.js';
import type { ActorSystem } from '../otp/index.js';
import type { GroupSets } from '../world/group-sets.js';
import type { SetBook } from '../world/set-book.js';
import type { World } from '../world/world.js';
import { findHost } from './find-host.js';

/** What the drift of a host is told from. */
export interface HostDriftNeeds {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly config: Pick<Config, 'ipset_hash_valid_seconds'>;
  readonly world: World;
  readonly sets: SetBook;
  readonly outputs: RulesetOutputs;
  readonly confirmedSets: ConfirmedSets;
  readonly groupSets: GroupSets;
  readonly drift: DriftBook;
  readonly gate: PublishingGate;
  readonly guard: AgentGuardState;
}

/** `GET /api/V2/host/:id/drift`. Times are epoch seconds; null: not known. */
export type HostDriftAnswer = {
  readonly id: string;
  readonly name: Json;
  readonly hostkey: string;
  readonly group: Json;
  readonly state: HostState;
  /** Why its group's policy can't be compiled: text, or a validation body. */
  readonly error: Json;
  /** Why it is not sent its rules now. */
  readonly not_sent: string | null;
  readonly unverified: boolean;
  readonly differing: readonly HashField[];
  readonly since: number | null;
  readonly repair_attempts: number;
  readonly last_repair_at: number | null;
  /** The hashes of what it was sent; absent: nothing was. Of the sets several are good for a while. */
  readonly sent: {
    readonly [Field in RulesetHashField]?: string;
  } & {
    readonly ipset_hash: readonly string[] | null;
    readonly published_at: number | null;
    readonly sets_changed_at: number | null;
    /** By the keys of `RULESET_VARIANTS`. */
    readonly texts: Readonly<Record<RulesetVariantKey, string>> | null;
  };
  /** `""` and null: it did not say. */
  readonly reported: { readonly [Field in HashField]: Json } & { readonly at: Json };
};

/** Which hash differs, since when, what was sent, what was last reported. */
export function hostDrift(needs: HostDriftNeeds, asked: string): HostDriftAnswer | undefined {
  const { world, outputs, config, system } = needs;
  const host = findHost(world, asked);
  if (host === undefined) return undefined;
  const hostkey = typeof host.hostkey === 'string' ? host.hostkey : '';
  const assigned = assignedTo(needs, { hostkey, group: textOf(host.group) });
  const output = assigned?.output;
  const found = needs.drift.get(hostkey);
  const sets = wantedSets(needs, assigned, Math.floor(system.clock.now() / 1000), config.ipset_hash_valid_seconds);
  return {
    id: host.id,
    name: host.name ?? null,
    hostkey,
    group: host.group ?? null,
    state: stateOf(host),
    error: (assigned === undefined ? undefined : outputs.failures.get(assigned.groupId)?.error) ?? null,
    not_sent:
      assigned === undefined ? 'the host is in no group that there is' : (whyNotSent(needs, assigned.groupId) ?? null),
    unverified: host.unverified === true,
    differing: found?.differing ?? [],
    since: iso(found?.since),
    repair_attempts: found?.repairs ?? 0,
    last_repair_at: iso(found?.lastRepairAt),
    sent: {
      ...(output === undefined ? {} : hashFieldsOf(output)),
      ipset_hash: sets === undefined ? null : [...sets.hashes],
      published_at: iso(output?.publishedAt),
      sets_changed_at: iso(sets?.changedAt),
      texts: output === undefined ? null : byVariant('key', ({ key }) => output.ruleset.texts[key].text),
    },
    reported: {
      ...byHashField((field) => host[field] ?? null),
      at: host.keepalive_timestamp ?? null,
    },
  };
}

function iso(seconds: number | null | undefined): number | null {
  return seconds ?? null;
}
