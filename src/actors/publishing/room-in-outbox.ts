/**
 * So much of rulesets is in the outbox at a time, each counted in full: the journal writes every one, and what the
 * outbox can't hold would only be dropped and made again.
 */
const MOST = { bytes: 64 << 20, messages: 2000 } as const;

/** How many rulesets one publisher has in the outbox, and whether there is room for more. */
export class RoomInOutbox {
  #bytes = 0;
  #messages = 0;
  /** How many of them are each group's. */
  readonly #ofGroup = new Map<string, number>();
  #full = false;

  /** Put into the outbox and not settled yet. */
  get messages(): number {
    return this.#messages;
  }

  /** Whether a ruleset of this group may be put: one that is there already is only replaced. */
  has(groupId: string): boolean {
    return !this.#full || this.#ofGroup.has(groupId);
  }

  /** As `has`, after a look at the bounds: when they are met, there is room again once half of it is settled. */
  take(groupId: string): boolean {
    this.#full ||= this.#bytes >= MOST.bytes || this.#messages >= MOST.messages;
    return this.has(groupId);
  }

  put(groupId: string, bytes: number): void {
    this.#bytes += bytes;
    this.#messages += 1;
    this.#ofGroup.set(groupId, (this.#ofGroup.get(groupId) ?? 0) + 1);
  }

  /** One is settled, however it ended. True: there is room again, and was none. */
  settled(groupId: string, bytes: number): boolean {
    this.#bytes -= bytes;
    this.#messages -= 1;
    const left = (this.#ofGroup.get(groupId) ?? 1) - 1;
    if (left > 0) this.#ofGroup.set(groupId, left);
    else this.#ofGroup.delete(groupId);
    if (!this.#full || this.#bytes > MOST.bytes / 2 || this.#messages > MOST.messages / 2) return false;
    this.#full = false;
    return true;
  }
}
