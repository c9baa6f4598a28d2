import type { Clock, DetailObject, Self, TimerRef } from '../../otp/index.js';
import type { LinkInfo, Waiting } from './link-messages.js';

/** So many messages may pass unread between two that are read; then the broker keeps the rest for a moment. */
const MOST_PASSED = 50;
/** Longest time between two messages that are read. */
const LONGEST_PACE_MS = 500;

export interface NewestMessageNeeds {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Between two messages of a linked server, milliseconds. */
  readonly intervalMs: number;
}

/**
 * The message of a linked server that waits to be read: the newest counts. Of a flood one is read now and then, and the
 * others are let pass.
 */
export class NewestMessage {
  readonly #needs: NewestMessageNeeds;
  #waiting: Waiting | undefined = undefined;
  /** Passed unread, and not answered yet. */
  #owed: Waiting[] = [];
  #passed = 0;
  #timer: TimerRef | undefined = undefined;
  #readAt = -Infinity;

  constructor(needs: NewestMessageNeeds) {
    this.#needs = needs;
  }

  /** The actor is sent `take` when it is to be read. */
  arrived(self: Self<LinkInfo>, message: Waiting): void {
    if (this.#waiting !== undefined) {
      if (this.#passed++ < MOST_PASSED) this.#waiting.ack();
      else this.#owed.push(this.#waiting);
    }
    const first = this.#waiting === undefined;
    this.#waiting = message;
    if (!first) return;
    const pace = Math.min(this.#needs.intervalMs / 10, LONGEST_PACE_MS);
    this.#timer = self.sendAfter(Math.max(0, this.#readAt + pace - this.#needs.clock.monotonic()), { tag: 'take' });
  }

  /** Has the newest read, and then answers for it and for those that it stands for. */
  async take(read: (message: Waiting) => Promise<void>): Promise<void> {
    this.#timer = undefined;
    const message = this.#waiting;
    this.#waiting = undefined;
    if (message === undefined) return;
    this.#readAt = this.#needs.clock.monotonic();
    await read(message);
    message.ack();
    this.#answerOwed();
  }

  /** Nothing is read any more of what came until now. */
  drop(self: Self<LinkInfo>): void {
    if (this.#timer !== undefined) self.cancel(this.#timer);
    this.#timer = undefined;
    this.#waiting?.ack();
    this.#waiting = undefined;
    this.#answerOwed();
  }

  /** What waits, and what was not answered. */
  describe(): DetailObject {
    return { message_waits: this.#waiting !== undefined, unanswered: this.#owed.length, passed_unread: this.#passed };
  }

  #answerOwed(): void {
    this.#passed = 0;
    for (const passed of this.#owed.splice(0)) passed.ack();
  }
}
