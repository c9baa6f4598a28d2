import type { AlarmBook } from '../../alarms/alarm-book.js';
import { restartBudgets, type ActorSystem, type Pid, type Report, type TimerHandle } from '../../otp/index.js';

/** All its alarms begin so. */
export const OF_ACTORS = 'actors.';
const SUSPENDED_ALARM = 'actors.suspended';
const RESTARTS_ALARM = 'actors.restarts';
const MAILBOX_ALARM = 'actors.mailbox';

/** How soon after a report it is looked, and again as long as something is wrong. Milliseconds. */
const SOON_MS = 1000;
const AGAIN_MS = 5000;

/** Paths named in one alarm. */
const NAMED = 5;

export interface ActorAlarmsNeeds {
  readonly system: ActorSystem;
  readonly alarms: Pick<AlarmBook, 'list' | 'set' | 'clear'>;
}

/**
 * Alarms of the actor system: actors that are suspended, long mailboxes, and supervisors that have spent more than half of
 * their restarts. It looks when something was reported that may matter, and every five seconds as long as an alarm is set:
 * nothing is looked at while all is well. Each is set once and cleared once (docs/http-api.md#actors).
 */
export class ActorAlarms {
  readonly #needs: ActorAlarmsNeeds;
  #timer: TimerHandle | undefined = undefined;
  #stopped = false;

  constructor(needs: ActorAlarmsNeeds) {
    this.#needs = needs;
  }

  /** A report of the actor system. */
  heard({ kind }: Pick<Report, 'kind'>): void {
    if (kind === 'suspended' || kind === 'resumed') this.#look();
    else if (kind === 'mailbox_long' || kind === 'mailbox_short' || kind === 'child_terminated') this.#lookIn(SOON_MS);
  }

  /** Looks no more: the tree has ended. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== undefined) this.#needs.system.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #lookIn(ms: number): void {
    if (this.#stopped) return;
    this.#timer ??= this.#needs.system.clock.setTimer(ms, () => {
      this.#timer = undefined;
      this.#look();
    });
  }

  #look(): void {
    const { alarms } = this.#needs;
    const wanted = this.#wanted();
    for (const { id } of alarms.list()) if (id.startsWith(OF_ACTORS) && !wanted.has(id)) alarms.clear(id);
    for (const [id, text] of wanted) alarms.set(id, text);
    if (wanted.size > 0) this.#lookIn(AGAIN_MS);
  }

  #wanted(): ReadonlyMap<string, string> {
    const { system } = this.#needs;
    const wanted = new Map<string, string>();
    for (const { pid, resumesAt } of system.sys.suspended()) {
      const path = this.#pathOf(pid);
      const until = resumesAt === undefined ? 'it is told to' : new Date(resumesAt).toISOString();
      wanted.set(
        `${SUSPENDED_ALARM}:${path}`,
        `${path} is suspended and handles nothing until ${until}: POST /api/V2/actors/${encodeURIComponent(path)}/resume`,
      );
    }
    for (const { supervisor, used, of, periodS } of restartBudgets(system)) {
      if (used * 2 <= of) continue;
      const path = this.#pathOf(supervisor);
      wanted.set(
        `${RESTARTS_ALARM}:${path}`,
        `${path} has used ${used} of ${of} restarts in ${periodS} s: with one more than ${of} it gives up and ends; the log says what falls`,
      );
    }
    const long = system.sys.longMailboxes();
    if (long.length > 0) {
      const named = long.slice(0, NAMED).map(({ pid, length }) => `${this.#pathOf(pid)} (${length} messages)`);
      const others = long.length > NAMED ? ` and ${long.length - NAMED} others` : '';
      wanted.set(
        MAILBOX_ALARM,
        `more messages come than are handled: ${named.join(', ')}${others}; dog-trainer tree --sort mailbox shows them`,
      );
    }
    return wanted;
  }

  #pathOf(pid: Pid): string {
    return this.#needs.system.sys.getStatus(pid)?.path ?? pid.label;
  }
}
