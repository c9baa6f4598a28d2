/** Something that an operator must know as long as it lasts. */
export interface Alarm {
  /** Stable, in the form `part` or `part:what`, such as `intake.hosts_max` or `broker.refused:ipsets`. */
  readonly id: string;
  /** Epoch seconds. */
  readonly since: number;
  /** One sentence: what is wrong, and what to do where that is known. */
  readonly text: string;
}

/** An alarm was set or cleared. */
export interface AlarmEvent {
  readonly kind: 'set' | 'cleared';
  readonly alarm: Alarm;
}

/** Alarms beyond these are counted only: an attacker who can provoke alarms must not fill the memory. */
const MOST = 1000;
/** Longer texts are cut, in characters. */
const LONGEST = 1000;

/**
 * The alarms that are set now. Each is set once and cleared once; setting it again only renews its text. A plain object
 * that outlives the actors: an actor that set an alarm and dies leaves it set, and clears it after its restart.
 */
export class AlarmBook {
  readonly #alarms = new Map<string, Alarm>();
  readonly #listeners = new Set<(event: AlarmEvent) => void>();
  readonly #nowSeconds: () => number;

  /** `now`: epoch milliseconds. */
  constructor(now: () => number) {
    this.#nowSeconds = () => Math.floor(now() / 1000);
  }

  /** Returns whether it is new. */
  set(id: string, text: string): boolean {
    const before = this.#alarms.get(id);
    const alarm: Alarm = { id, since: before?.since ?? this.#nowSeconds(), text: text.slice(0, LONGEST) };
    if (before === undefined && this.#alarms.size >= MOST) return false;
    this.#alarms.set(id, alarm);
    if (before !== undefined) return false;
    this.#tell({ kind: 'set', alarm });
    return true;
  }

  /** Returns whether it was set. */
  clear(id: string): boolean {
    const alarm = this.#alarms.get(id);
    if (alarm === undefined) return false;
    this.#alarms.delete(id);
    this.#tell({ kind: 'cleared', alarm });
    return true;
  }

  /** Sets or clears by whether there is a text. */
  show(id: string, text: string | undefined): void {
    if (text === undefined) this.clear(id);
    else this.set(id, text);
  }

  get(id: string): Alarm | undefined {
    return this.#alarms.get(id);
  }

  /** Oldest first. */
  list(): readonly Alarm[] {
    return [...this.#alarms.values()].sort((a, b) => a.since - b.since);
  }

  get size(): number {
    return this.#alarms.size;
  }

  /** Calls `listener` with every later event, until the returned function is called. Listeners must not throw. */
  onEvent(listener: (event: AlarmEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(event: AlarmEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
