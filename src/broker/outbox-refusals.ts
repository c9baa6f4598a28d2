import type { OutboxOptions, Refusal } from './outbox-contract.js';
import type { Entry } from './outbox-entries.js';

/** What the broker refuses, by exchange and by message, and who is told when that begins and ends. */
export class OutboxRefusals {
  readonly #tries: number;
  readonly #onRefusal: NonNullable<OutboxOptions['onRefusal']>;
  readonly #onRefused: NonNullable<OutboxOptions['onRefused']>;
  /** By exchange, why the broker refuses it; said once each. */
  readonly #exchanges = new Map<string, string>();
  /** Targets whose last message was refused: the next is not sent again and again either. */
  readonly #targets = new Set<string>();

  constructor({
    refusedTries = 3,
    onRefusal = () => undefined,
    onRefused = () => undefined,
  }: Pick<OutboxOptions, 'refusedTries' | 'onRefusal' | 'onRefused'>) {
    this.#tries = refusedTries;
    this.#onRefusal = onRefusal;
    this.#onRefused = onRefused;
  }

  /** Exchanges that are refused, with why. */
  exchanges(): readonly { readonly exchange: string; readonly reason: string }[] {
    return [...this.#exchanges].map(([exchange, reason]) => ({ exchange, reason }));
  }

  /** The broker took it, and so what goes to its exchange and target. */
  taken({ target, publication }: Entry): void {
    if (this.#exchanges.delete(publication.exchange)) this.#onRefusal(publication.exchange, undefined);
    if (this.#targets.delete(target)) this.#onRefused(target, publication, undefined);
  }

  /** The broker refuses what goes to the exchange, and may take it later. */
  exchange(exchange: string, reason: string): void {
    if (this.#exchanges.get(exchange) === reason) return;
    this.#exchanges.set(exchange, reason);
    this.#onRefusal(exchange, reason);
  }

  /** A nack may pass, so it is tried again, unless it was in vain last time; each try gives it to the other queues again. */
  isForGood({ refusals, target }: Entry, code: string): boolean {
    return code === 'too_large' || refusals >= this.#tries || this.#targets.has(target);
  }

  /** This message is not sent again. */
  message({ target, publication }: Entry, refusal: Refusal): void {
    this.#targets.add(target);
    this.#onRefused(target, publication, refusal);
  }
}
