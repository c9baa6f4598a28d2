import { refusedTarget } from '../../actors/publishing/refused-alarm.js';
import type { AgentGuardState } from '../../actors/guard/agent-guard-state.js';
import type { PublishQueue, SetsHeld } from '../../actors/publishing/publish-queue.js';
import { type MayPublish, whyHeld } from '../../actors/publishing/publishing-gate.js';
import type { AlarmBook } from '../../alarms/alarm-book.js';
import type { Outbox } from '../../broker/outbox-contract.js';
import { textOf } from '../../model/text-of.js';
import type { ActorSystem } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import type { PublishingState } from '../operations.js';
import { journalAnswer, type JournalInSight } from './part-states.js';
import type { PublishingQueue, RefusedTarget, WaitingToPublish } from './publishing-answers.js';

export interface PublishingQueueNeeds {
  readonly system: Pick<ActorSystem, 'clock'>;
  readonly world: Pick<World, 'rows'>;
  readonly outbox: Pick<Outbox, 'snapshot' | 'confirms' | 'depth'>;
  readonly journal: JournalInSight;
  readonly queue: Pick<PublishQueue, 'rules' | 'sets'>;
  readonly gate: MayPublish;
  readonly guard: Pick<AgentGuardState, 'open'>;
  readonly alarms: Pick<AlarmBook, 'list'>;
}

/** In one answer, of each kind. */
const MOST_WAITING = 200;
const MOST_REFUSED = 200;

const WHY_SETS_HELD: Readonly<Record<SetsHeld, string>> = {
  guard: 'no agent is heard',
  paused: 'publishing is paused',
  loading: 'policy is not loaded yet',
  links: 'linked servers are not heard yet',
  takeover: 'taken over from another server: hosts have yet to report which sets they have',
};

export function publishingQueue(
  needs: PublishingQueueNeeds,
  { paused, since, author }: PublishingState,
): PublishingQueue {
  const { system, outbox, journal, alarms } = needs;
  const waiting = waitingAnswer(needs);
  const refused = alarms.list().flatMap(({ id, text, since: at }): readonly RefusedTarget[] => {
    const target = refusedTarget(id);
    return target === undefined ? [] : [{ target, why: text, since: at }];
  });
  const { inFlight, bytes, oldestAt, blocked, refused: exchanges } = outbox.snapshot();
  return {
    at: Math.floor(system.clock.now() / 1000),
    paused,
    since: since ?? null,
    author: author ?? null,
    ...waiting,
    outbox: {
      messages: outbox.depth(),
      bytes,
      in_flight: inFlight,
      oldest_at: oldestAt === undefined ? null : Math.floor(oldestAt / 1000),
      blocked: blocked ?? null,
    },
    journal: journalAnswer(journal),
    confirms: outbox.confirms(),
    refused: refused.slice(0, MOST_REFUSED),
    refused_total: refused.length,
    refused_exchanges: exchanges,
  };
}

function waitingAnswer(needs: PublishingQueueNeeds): Pick<PublishingQueue, 'waiting' | 'waiting_total'> {
  const { queue, gate, guard } = needs;
  // What was held last is found anew when it is due; an operator who pauses is told at once.
  const closed = guard.open ? whyHeld(gate) : 'no agent is heard';
  const groups = [...(queue.rules?.waiting ?? [])].sort(([, a], [, b]) => a.since - b.since);
  const sets = setsWaiting(needs, closed);
  const shown = groups.slice(0, MOST_WAITING - sets.length);
  return {
    waiting: [...sets, ...shown.map(([id, { since }]) => groupWaiting(needs, id, since, closed))],
    waiting_total: groups.length + sets.length,
  };
}

function setsWaiting(needs: PublishingQueueNeeds, closed: string | undefined): readonly WaitingToPublish[] {
  const sets = needs.queue.sets?.();
  if (sets?.since === undefined) return [];
  const held = closed ?? (sets.held === undefined ? null : WHY_SETS_HELD[sets.held]);
  const state = held === null ? 'debouncing' : 'held';
  return [{ what: 'sets', group_id: null, group: null, since: epochOf(needs, sets.since), state, held }];
}

function groupWaiting(
  needs: PublishingQueueNeeds,
  id: string,
  since: number,
  closed: string | undefined,
): WaitingToPublish {
  const { world, queue } = needs;
  const held = closed ?? queue.rules?.held.get(id) ?? null;
  const roomless = queue.rules?.room.has(id) === false;
  return {
    what: 'ruleset',
    group_id: id,
    group: textOf(world.rows('group').get(id)?.['name']),
    since: epochOf(needs, since),
    state: held !== null ? 'held' : roomless ? 'waiting for room' : 'debouncing',
    held,
  };
}

/** Of monotonic milliseconds. */
function epochOf({ system: { clock } }: Pick<PublishingQueueNeeds, 'system'>, monotonic: number): number {
  return Math.floor((clock.now() - (clock.monotonic() - monotonic)) / 1000);
}
