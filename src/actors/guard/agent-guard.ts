import type { DetailObject, Message, Self, GenServer } from '../../otp/index.js';
import type { ServerContext } from '../context.js';

/**
 * Counts intervals in which no agent was heard (docs/host-lifecycle.md#the-guard); the state itself outlives this
 * actor.
 */
export class AgentGuard implements GenServer<never, never, never, Message> {
  readonly #context: ServerContext;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  init(self: Self): void {
    const seconds = this.#context.config.last_agent_update_check_interval_seconds;
    self.sendInterval(seconds * 1000, { tag: 'interval' });
  }

  handleInfo(): void {
    const { guard, log } = this.#context;
    const wasOpen = guard.open;
    guard.interval();
    if (wasOpen && !guard.open)
      log.warn({}, 'no agent is heard: nothing is published and nobody declared dead until one is');
  }

  describe(): DetailObject {
    const { guard } = this.#context;
    return { open: guard.open, silent_intervals: guard.silentIntervals };
  }
}
