import { hashFieldsOf } from '../actors/groups/ruleset-outputs.js';
import { nowSeconds, type ServerContext } from '../actors/context.js';
import type { Observation } from '../actors/watching/observation.js';
import { IPSET_PUBLISHER, IPTABLES_PUBLISHER } from '../actors/publishing/publisher-messages.js';
import { whyNotSent } from '../actors/last-good/why-not-sent.js';
import { acceptedSetHashes } from '../actors/hosts/wanted-hashes.js';
import { HASH_FIELDS } from '../host/hash-check.js';
import { stateOf } from '../host/host-state.js';
import type { Runtime } from '../http/deps.js';
import type { Json, JsonObject } from '../model/document.js';
import { byVariant } from '../model/ruleset-variants.js';
import { cast, type Pid } from '../otp/index.js';
import { actorTree } from './actor-tree.js';
import { readiness } from './readiness.js';
import { remoteCommandsPort } from './remote-commands-port.js';
import { storePublishing } from './publishing-setting.js';

/** What the API asks of the running actors. */
export function httpRuntime(
  context: ServerContext,
  {
    root,
    observation,
    standing = () => ({ role: 'alone' }),
  }: {
    /** The top of the tree once it is started. */
    readonly root: () => Pid | undefined;
    /** Given in a server that only observes: what it has found, once it has. */
    readonly observation?: () => Observation | undefined;
    /** Default: alone. */
    readonly standing?: Runtime['standing'];
  },
): Runtime {
  return {
    tree: (options) => actorTree(context.system, root(), options),
    publishGroup(name) {
      const group = context.world.groupByName(name);
      if (group !== undefined) context.groups.send(group.id, { tag: 'republish' });
    },
    readiness: () => readiness(context, root(), { observes: observation !== undefined }),
    alarms: () => context.alarms.list(),
    refusedHosts: () => context.refused.list(),
    drift: async (hostId) => drift(context, hostId),
    publishing: () => ({ paused: context.gate.paused, ...context.gate.lastChange }),
    async setPublishing(paused, author) {
      await storePublishing(context.store, context.gate, paused, { author, since: nowSeconds(context) });
      context.log.warn({ author }, paused ? 'publishing is paused' : 'publishing goes on');
      if (!paused) {
        cast(context.system, IPSET_PUBLISHER, { tag: 'resume' });
        cast(context.system, IPTABLES_PUBLISHER, { tag: 'resume' });
      }
      return { paused: context.gate.paused, ...context.gate.lastChange };
    },
    dialect: () => context.dialect,
    observation: () =>
      observation === undefined
        ? undefined
        : { loading: observation() === undefined, ...(observation() as JsonObject | undefined) },
    commands: remoteCommandsPort(context),
    standing,
  };
}

function iso(seconds: number | null | undefined): Json {
  return seconds ?? null;
}

/** Which hash differs, since when, what was sent, what was last reported (`GET /api/V2/host/:id/drift`). */
function drift(context: ServerContext, hostId: string): JsonObject | undefined {
  const { world, outputs, config } = context;
  const host = world.rows('host').get(hostId);
  if (host === undefined) return undefined;
  const hostkey = typeof host.hostkey === 'string' ? host.hostkey : '';
  const group = typeof host.group === 'string' ? world.groupByName(host.group) : undefined;
  const output = group === undefined ? undefined : outputs.get(group.id);
  const found = context.drift.get(hostkey);
  const sets = acceptedSetHashes(
    context.confirmedSets.with(world.rows('ipset')),
    nowSeconds(context),
    config.ipset_hash_valid_seconds,
  );
  return {
    id: hostId,
    name: host.name ?? null,
    hostkey,
    group: host.group ?? null,
    state: stateOf(host),
    error: (group === undefined ? undefined : outputs.failures.get(group.id)?.error) ?? null,
    not_sent: group === undefined ? 'the host is in no group that there is' : (whyNotSent(context, group.id) ?? null),
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
      ...Object.fromEntries(HASH_FIELDS.map((field) => [field, host[field] ?? null])),
      at: host.keepalive_timestamp ?? null,
    },
  };
}
