import { channelTroubles } from '../actors/alerts/channel-troubles.js';
import { missingSets, whyNotSent } from '../actors/last-good/why-not-sent.js';
import { linkTroubles } from '../actors/links/link-troubles.js';
import type { LinkBook } from '../actors/links/link-book.js';
import { readsBack } from '../actors/hosts/reads-back.js';
import { unverifiedHosts } from '../actors/hosts/unverified-hosts.js';
import type { Readiness } from './operations.js';
import type { AlarmBook } from '../alarms/alarm-book.js';
import { textOf } from '../model/text-of.js';
import type { BrokerLink } from '../actors/broker/broker-link.js';
import type { RulesetOutputs } from '../actors/groups/ruleset-outputs.js';
import type { AgentGuardState } from '../actors/guard/agent-guard-state.js';
import type { PublishingGate } from '../actors/publishing/publishing-gate.js';
import type { Broker } from '../broker/broker.js';
import type { Outbox } from '../broker/outbox-contract.js';
import type { Config } from '../config/schema.js';
import type { ActorSystem, Pid } from '../otp/index.js';
import type { Store } from '../store/store.js';
import type { SetBook } from '../world/set-book.js';
import type { World } from '../world/world.js';
import { treeTroubles } from './tree-troubles.js';

/** What readiness is told from. */
export interface ReadinessNeeds {
  readonly system: ActorSystem;
  readonly config: Pick<Config, 'drift' | 'api'>;
  readonly store: Pick<Store, 'state' | 'get'>;
  readonly alarms: Pick<AlarmBook, 'list'>;
  readonly world: World;
  readonly sets: SetBook;
  readonly outputs: RulesetOutputs;
  readonly broker: Pick<Broker, 'describe'>;
  readonly link: Pick<BrokerLink, 'failure'>;
  readonly reportsLink: Pick<BrokerLink, 'connection' | 'trouble' | 'failure'>;
  readonly outbox: Pick<Outbox, 'snapshot'>;
  readonly gate: PublishingGate;
  readonly guard: AgentGuardState;
  readonly book: Pick<LinkBook, 'entries' | 'waiting'>;
}

/**
 * Whether this server does its whole work, and what keeps it from that, part by part (`/readyz`). What is only worth
 * knowing (publishing paused by an operator, no agent reporting, an actor that fell and is back) is among the reasons but
 * leaves the server ready. `root` is the top of the tree.
 */
export function readiness(
  needs: ReadinessNeeds,
  root: Pid | undefined,
  { observes }: { readonly observes: boolean } = { observes: false },
): Readiness {
  const { store, world, system, guard, gate, outbox } = needs;
  const failures: string[] = [];
  const notes: string[] = [];
  const state = store.state();
  if (!state.up) failures.push(`store: ${state.reason ?? 'down'}`);
  if (!world.ready) failures.push(`watchers: not loaded yet: ${world.missing.join(', ')}`);
  if (observes) notes.push('observing: nothing is published, consumed or written');
  else {
    if (!outbox.snapshot().attached) failures.push(notConnected(needs));
    const { connection, trouble, failure } = needs.reportsLink;
    if (connection === undefined) failures.push(`broker: no reports come in: not connected${because(failure)}`);
    else if (trouble !== undefined) failures.push(`broker: no reports come in: ${trouble}`);
  }
  const { blocked, journalFailure, refused } = outbox.snapshot();
  if (blocked !== undefined) failures.push(`broker: takes no messages: ${blocked}`);
  for (const { exchange, reason } of refused) failures.push(`broker: refuses what goes to ${exchange}: ${reason}`);
  const { down, fallen } = treeTroubles(system, root);
  failures.push(...down);
  notes.push(...fallen);
  if (journalFailure !== undefined) notes.push(`journal: what waits is not kept on disk: ${journalFailure}`);
  if (!observes && !guard.open)
    notes.push('agent_guard: no agent is heard, so nothing is published and nobody declared dead');
  if (gate.paused) notes.push(`publishing: paused by ${gate.lastChange?.author ?? 'an operator'}`);
  if (!observes) notes.push(...linkTroubles(needs));
  const broken = needs.outputs.failures.size;
  if (broken > 0) notes.push(`groups: ${broken} cannot be compiled and keep their last good ruleset`);
  const pins = [...needs.outputs.revisions.pins.values()];
  const [pin] = pins;
  if (pin !== undefined)
    notes.push(
      `groups: ${pins.length} held at a revision, such as ${textOf(world.rows('group').get(pin.groupId)?.name)} at ${pin.number} by ${pin.author}: ${pin.reason}`,
    );
  const waiting = [...needs.outputs.values()].filter(({ ruleset }) => missingSets(needs, ruleset.sets).length > 0);
  const [first] = waiting;
  if (first !== undefined && !observes)
    notes.push(
      `rulesets: ${waiting.length} are not sent, such as that of ${first.groupName}, because ${whyNotSent(needs, first.groupId) ?? ''}`,
    );
  const unbuilt = needs.sets.published?.problems.length ?? 0;
  if (unbuilt > 0) notes.push(`sets: ${unbuilt} cannot be built as wanted (the actor ipset_publisher says why)`);
  const { count: unverified } = unverifiedHosts(world);
  if (unverified > 0)
    notes.push(
      `hosts: ${unverified} cannot show their rules (unverified)${readsBack(needs.config) ? '' : '; drift.read_back would see what they have loaded'}`,
    );
  notes.push(...channelTroubles(system));
  notes.push(...needs.alarms.list().map(({ id, text }) => `alarm ${id}: ${text}`));
  return { ready: failures.length === 0, reasons: [...failures, ...notes] };
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}

function notConnected({ broker, link }: Pick<ReadinessNeeds, 'broker' | 'link'>): string {
  return `broker: not connected to ${broker.describe}${because(link.failure)}`;
}
