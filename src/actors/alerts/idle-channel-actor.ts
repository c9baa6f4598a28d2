import type { Log } from '../../log/log.js';
import { alertHeadline } from '../../alerts/alert-words.js';
import type { DetailObject, Self, GenServer } from '../../otp/index.js';
import type { AlertsCast } from './alert-messages.js';

export interface IdleChannelNeeds {
  /** The channel's name, and how its receiver is called. */
  readonly name: string;
  readonly receiver: string;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/** Stands where a channel is not configured: alerts are only logged. */
export class IdleChannelActor implements GenServer<never, never, AlertsCast> {
  readonly #needs: IdleChannelNeeds;

  constructor(needs: IdleChannelNeeds) {
    this.#needs = needs;
  }

  handleCast(_self: Self, { alert }: AlertsCast): void {
    const { log, name } = this.#needs;
    log.info({ subject: alertHeadline(alert) }, `an alert, only logged: ${name} is not configured`);
  }

  describe(): DetailObject {
    return { [this.#needs.receiver]: 'off', waiting: 0, gathered: 0, sent: 0, dead: 0 };
  }
}
