import type { Alert, AlertKind } from './alert.js';

/** What is gathered in a window and goes out at its end as one digest. */
export interface Gathered {
  readonly alerts: readonly Alert[];
  /** Alerts beyond what is kept, counted only. */
  readonly unnamed: ReadonlyMap<AlertKind, number>;
}

/**
 * Decides which alerts are told one by one and which are gathered. The first alert opens a window; its first `after`
 * go singly, the others are gathered until it ends. While windows end with something gathered, the next one follows at
 * once and gathers everything: a storm costs one digest per window. Times in milliseconds.
 */
export class DigestWindow {
  readonly #lengthMs: number;
  readonly #after: number;
  readonly #max: number;
  #endsAt: number | undefined;
  #singles = 0;
  #alerts: Alert[] = [];
  #unnamed = new Map<AlertKind, number>();

  constructor(options: { readonly lengthMs: number; readonly after: number; readonly max: number }) {
    this.#lengthMs = options.lengthMs;
    this.#after = options.after;
    this.#max = options.max;
  }

  /** When the window ends, if one is open. */
  get endsAt(): number | undefined {
    return this.#endsAt;
  }

  /** Alerts gathered so far. */
  get size(): number {
    return [...this.#unnamed.values()].reduce((sum, count) => sum + count, this.#alerts.length);
  }

  /** Takes an alert: `single` means that it is told by itself. */
  take(alert: Alert, now: number): 'single' | 'gathered' {
    this.#endsAt ??= now + this.#lengthMs;
    if (this.#singles < this.#after) {
      this.#singles += 1;
      return 'single';
    }
    if (this.#alerts.length < this.#max) this.#alerts.push(alert);
    else this.#unnamed.set(alert.kind, (this.#unnamed.get(alert.kind) ?? 0) + 1);
    return 'gathered';
  }

  /** Ends the window; what was gathered, if anything, is the digest. */
  end(now: number): Gathered | undefined {
    if (this.size === 0) {
      this.#endsAt = undefined;
      this.#singles = 0;
      return undefined;
    }
    const gathered = { alerts: this.#alerts, unnamed: this.#unnamed };
    this.#alerts = [];
    this.#unnamed = new Map();
    this.#endsAt = now + this.#lengthMs;
    this.#singles = this.#after;
    return gathered;
  }
}
