import type { Config } from '../../config/schema.js';
import type { EventBook } from '../../events/event-book.js';
import type { ServerEvent } from '../../events/server-event.js';
import { decideTimeout, type TimeoutOutcome } from '../../host/decide-timeout.js';
import { stateOf } from '../../host/host-state.js';
import { nextDeadline, type Deadline } from '../../host/next-deadline.js';
import type { Document } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import type { Clock, DetailObject, Self, TimerRef } from '../../otp/index.js';
import type { Store } from '../../store/store.js';
import type { World } from '../../world/world.js';
import { raiseAlert, type RaiseAlertNeeds } from '../alerts/raise-alert.js';
import type { AgentGuardState } from '../guard/agent-guard-state.js';
import type { Log } from '../../log/log.js';
import { storePatiently } from '../store/store-patiently.js';
import type { HostRecord } from './host-record.js';

/** What the host's actor sends itself when a deadline may have come. */
export interface DeadlineInfo {
  readonly tag: 'deadline';
}

export type HostDeadlinesNeeds = RaiseAlertNeeds & {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly config: Pick<
    Config,
    | 'agent_stop_grace_seconds'
    | 'keepalive_alert_seconds'
    | 'last_agent_update_check_interval_seconds'
    | 'retirement_alert_seconds'
  >;
  readonly guard: Pick<AgentGuardState, 'open' | 'openedAt'>;
  readonly world: Pick<World, 'hostsByKey'>;
  readonly store: Pick<Store, 'commit'>;
  readonly events: Pick<EventBook<ServerEvent>, 'put'>;
  readonly log: Log;
};

const DEADLINE: DeadlineInfo = { tag: 'deadline' };

/** After a deadline has changed the row: how soon to look again, while the world may not have seen the change yet. */
const SETTLE_MS = 1000;

/** Never earlier than the moment itself. */
function wholeMs(at: number): number {
  return Math.ceil(at);
}

function secondsOf(ms: number): number {
  return Math.round(ms / 1000);
}

/**
 * What one host's silence means. Deadlines are monotonic and count from the last report, the start, or the opening of
 * the guard, whichever is latest (docs/host-lifecycle.md#the-guard).
 */
export class HostDeadlines {
  readonly #needs: HostDeadlinesNeeds;
  readonly #record: HostRecord;
  /**
   * Monotonic milliseconds. These three are whole numbers, or undefined for none: with a fraction, or Infinity, each would be
   * an object of its own, for each host.
   */
  #lastSeen: number;
  /** A good-bye brings the keepalive deadline forward to this moment. */
  #stopDeadline: number | undefined = undefined;
  #timer: TimerRef | undefined = undefined;
  #timerAt: number | undefined = undefined;

  constructor(needs: HostDeadlinesNeeds, record: HostRecord) {
    this.#needs = needs;
    this.#record = record;
    this.#lastSeen = wholeMs(needs.clock.monotonic());
    if (record.known?.stoppedAt !== undefined)
      this.#stopDeadline = this.#lastSeen + needs.config.agent_stop_grace_seconds * 1000;
  }

  /**
   * The host has reported. `stopsInSeconds`: it said good-bye and has so long at most, or has not (Infinity); without it
   * an earlier good-bye stands.
   */
  heard(stopsInSeconds?: number): void {
    const now = (this.#lastSeen = wholeMs(this.#needs.clock.monotonic()));
    if (stopsInSeconds === undefined) return;
    const stopsAt = wholeMs(now + stopsInSeconds * 1000);
    this.#stopDeadline = stopsInSeconds === Infinity ? undefined : Math.min(this.#stopDeadline ?? Infinity, stopsAt);
  }

  /** One timer is enough: it may come early, finds that nothing is due, and is set again. */
  arm(self: Self<DeadlineInfo>): void {
    const next = this.#next();
    if (next !== undefined && wholeMs(next.at) < (this.#timerAt ?? Infinity)) this.#armAt(self, next.at);
  }

  /** The timer has come. */
  async come(self: Self<DeadlineInfo>): Promise<void> {
    const { clock, guard, config } = this.#needs;
    this.#timer = undefined;
    this.#timerAt = undefined;
    const next = this.#next();
    const now = clock.monotonic();
    if (next === undefined || next.at > now) return this.arm(self);
    // No agent reports: look again when the guard may have moved on.
    if (!guard.open) return this.#armAt(self, now + config.last_agent_update_check_interval_seconds * 1000);
    await this.#timeout(self, next.event);
    const after = this.#next();
    if (after !== undefined) this.#armAt(self, Math.max(after.at, now + SETTLE_MS));
  }

  /** What silence would do next, and when; seconds from now. */
  describe(): DetailObject {
    const now = this.#needs.clock.monotonic();
    const next = this.#next();
    return {
      heard_seconds_ago: secondsOf(now - this.#lastSeen),
      said_good_bye: this.#stopDeadline !== undefined,
      next: next === undefined ? null : { event: next.event, in_seconds: secondsOf(next.at - now) },
      looks_in_seconds: this.#timerAt === undefined ? null : secondsOf(this.#timerAt - now),
    };
  }

  #next(): Deadline | undefined {
    const { config, guard } = this.#needs;
    const row = this.#record.row();
    if (row === undefined) return undefined;
    return nextDeadline(stateOf(row), {
      lastSeen: this.#lastSeen,
      guardOpenedAt: guard.openedAt,
      stopDeadline: this.#stopDeadline ?? Infinity,
      keepaliveMs: config.keepalive_alert_seconds * 1000,
      retirementMs: config.retirement_alert_seconds * 1000,
    });
  }

  #armAt(self: Self<DeadlineInfo>, at: number): void {
    if (this.#timer !== undefined) self.cancel(this.#timer);
    this.#timerAt = wholeMs(at);
    this.#timer = self.sendAfter(Math.max(0, at - this.#needs.clock.monotonic()), DEADLINE);
  }

  async #timeout(self: Self, event: Deadline['event']): Promise<void> {
    const { log, world, events } = this.#needs;
    const { hostkey, known } = this.#record;
    const row = this.#record.row();
    if (row === undefined) return;
    let outcome: TimeoutOutcome | undefined;
    const edit = (current: Document): Document => {
      const decided = decideTimeout(current, known, event);
      if (current.id === row.id) outcome = decided;
      return { ...decided.row, id: current.id };
    };
    // Other rows of this hostkey fall silent with it, or their addresses would stay in the sets for ever.
    const twins = world.hostsByKey(hostkey).filter(({ id }) => id !== row.id);
    const changes = [row, ...twins].map(({ id }) => ({ op: 'edit', table: 'host', id, edit }) as const);
    const result = await storePatiently(self, this.#needs, changes, 'system');
    if (!result.ok || outcome === undefined) return;
    this.#stopDeadline = undefined;
    const { from, to } = outcome;
    if (from !== to) {
      const { name, group } = outcome.row;
      log.info({ hostkey, name, from, to }, 'host changed state');
      events.put({ kind: 'host_state', hostkey, name: textOf(name), group: textOf(group), from, to });
    }
    if (outcome.mail !== undefined) raiseAlert(this.#needs, outcome.mail, { ...outcome.row, id: row.id }, []);
  }
}
