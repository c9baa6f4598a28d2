import { hostname } from 'node:os';
import type { BrokerLink } from '../../actors/broker/broker-link.js';
import type { RulesetOutputs } from '../../actors/groups/ruleset-outputs.js';
import type { AgentGuardState } from '../../actors/guard/agent-guard-state.js';
import type { ConvergenceBook } from '../../actors/hosts/convergence-book.js';
import type { Config } from '../../config/schema.js';
import type { ActorSystem } from '../../otp/index.js';
import { isLive } from '../../rollout/rollout.js';
import type { Store } from '../../store/store.js';
import type { FleetView } from '../fleet-answers.js';
import type { PublishingState, Standing } from '../operations.js';
import { stepSaid } from '../rollouts/rollout-lines.js';
import type { Convergence, GuardAnswer, NowAnswer, NowView, PartState } from './now-answers.js';
import { alertPart, connectionPart, journalAnswer, storePart } from './part-states.js';
import { publishingQueue, type PublishingQueueNeeds } from './publishing-queue.js';

export type NowViewNeeds = PublishingQueueNeeds & {
  readonly system: Pick<ActorSystem, 'clock' | 'whereis' | 'info'>;
  readonly config: Pick<Config, 'cluster' | 'webhook'>;
  readonly store: Pick<Store, 'state'>;
  readonly link: BrokerLink;
  readonly reportsLink: BrokerLink;
  readonly guard: Pick<AgentGuardState, 'open' | 'openedAt'>;
  readonly convergence: Pick<ConvergenceBook, 'open' | 'done'>;
  readonly outputs: Pick<RulesetOutputs, 'rollouts'>;
};

/** What is told elsewhere in the operations of the same server. */
export interface NowViewParts {
  readonly fleet: Pick<FleetView, 'status'>;
  readonly publishing: () => PublishingState;
  readonly standing: () => Standing;
}

/** Rollouts, and publications that are open, in one answer. */
const MOST_ROLLOUTS = 100;
const MOST_OPEN = 200;

const OFF: PartState = { state: 'off', since: null, why: 'this server only looks on' };

/** @param options.observes it takes no reports and sends nothing */
export function nowView(
  needs: NowViewNeeds,
  { fleet, publishing, standing }: NowViewParts,
  { observes }: { readonly observes: boolean } = { observes: false },
): NowView {
  const { system, config, store, link, reportsLink, journal } = needs;
  return {
    now() {
      const status = fleet.status();
      const broker = observes
        ? { publishing: OFF, reports: OFF }
        : { publishing: connectionPart(link), reports: connectionPart(reportsLink) };
      return {
        at: status.at,
        status,
        guard: observes ? { state: 'off', why: OFF.why, since: null } : guardAnswer(needs),
        broker,
        store: storePart(store.state()),
        mail: alertPart(system, 'mail'),
        webhook: alertPart(system, 'webhook', config.webhook.url !== undefined),
        leader: leaderAnswer(needs, standing()),
        journal: journalAnswer(journal),
        ...rolloutsUnderWay(needs),
      };
    },
    convergence: () => convergence(needs),
    publishingQueue: () => publishingQueue(needs, publishing()),
  };
}

function guardAnswer({ guard, system: { clock } }: Pick<NowViewNeeds, 'guard' | 'system'>): GuardAnswer {
  if (!guard.open)
    return {
      state: 'closed',
      why: 'no agent is heard, so nothing is published and nobody declared dead',
      since: null,
    };
  const openMs = clock.monotonic() - guard.openedAt;
  return { state: 'open', why: null, since: Math.floor((clock.now() - openMs) / 1000) };
}

function leaderAnswer({ config }: Pick<NowViewNeeds, 'config'>, standing: Standing): NowAnswer['leader'] {
  if (standing.role === 'alone') return { role: 'alone', name: null, term: null };
  if (standing.role === 'leader')
    return { role: 'leader', name: config.cluster.name ?? hostname(), term: standing.term };
  return { role: 'follower', name: standing.leader?.name ?? null, term: standing.leader?.term ?? null };
}

function rolloutsUnderWay({
  outputs: { rollouts },
}: Pick<NowViewNeeds, 'outputs'>): Pick<NowAnswer, 'rollouts' | 'rollouts_total'> {
  const live = [...rollouts.values()].filter(isLive).sort((a, b) => a.createdAt - b.createdAt);
  return {
    rollouts: live.slice(0, MOST_ROLLOUTS).map((rollout) => ({
      id: rollout.id,
      group: rollout.groupName,
      state: rollout.state,
      step: stepSaid(rollout),
      why: rollout.pause?.why ?? rollout.why,
    })),
    rollouts_total: live.length,
  };
}

function convergence({ convergence: book }: Pick<NowViewNeeds, 'convergence'>): Convergence {
  const open = book.open();
  return { open: open.slice(0, MOST_OPEN), open_total: open.length, done: book.done() };
}
