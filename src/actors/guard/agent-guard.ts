import type { Config } from '../../config/schema.js';
import type { DetailObject, Message, Self, GenServer } from '../../otp/index.js';
import type { Log } from '../../log/log.js';
import type { AgentGuardState } from './agent-guard-state.js';

export interface AgentGuardNeeds {
  readonly config: Pick<Config, 'last_agent_update_check_interval_seconds'>;
  readonly guard: Pick<AgentGuardState, 'open' | 'silentIntervals' | 'interval'>;
  readonly log: Log;
}

/**
 * Counts intervals in which no agent reported (docs/host-lifecycle.md#the-guard); the state itself outlives this
 * actor.
 */
export class AgentGuard implements GenServer<never, never, never, Message> {
  readonly #needs: AgentGuardNeeds;

  constructor(needs: AgentGuardNeeds) {
    this.#needs = needs;
  }

  init(self: Self): void {
    const seconds = this.#needs.config.last_agent_update_check_interval_seconds;
    self.sendInterval(seconds * 1000, { tag: 'interval' });
  }

  handleInfo(): void {
    const { guard, log } = this.#needs;
    const wasOpen = guard.open;
    guard.interval();
    if (wasOpen && !guard.open)
      log.warn({}, 'no agent is heard: nothing is published and nobody declared dead until one is');
  }

  describe(): DetailObject {
    const { guard } = this.#needs;
    return { open: guard.open, silent_intervals: guard.silentIntervals };
  }
}
