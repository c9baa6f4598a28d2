import type { OutboxClass } from './outbox-contract.js';

/** What the lanes need to know of an entry. */
export interface LaneEntry {
  readonly seq: number;
  readonly target: string;
  readonly class: OutboxClass;
}

/**
 * Sets first, then rulesets, then configs, then links. Group and host rulesets share a lane in the order of their puts:
 * a host gets both kinds in one queue, and an older ruleset sent to it alone must not overtake a newer one of its group.
 */
const LANE: Readonly<Record<OutboxClass, number>> = { sets: 0, group: 1, host: 1, config: 2, link: 3 };
const LANES = 4;

/** The waiting entries, at most one per target, in the order of sending. */
export class OutboxLanes<E extends LaneEntry> {
  /** Maps keep the order of insertion, which is that of `seq`. */
  readonly #lanes: Map<string, E>[] = Array.from({ length: LANES }, () => new Map<string, E>());

  /** Adds an entry newer than all others of its lane. */
  add(entry: E): void {
    this.#lane(entry).set(entry.target, entry);
  }

  remove(entry: E): void {
    const lane = this.#lane(entry);
    if (lane.get(entry.target) === entry) lane.delete(entry.target);
  }

  /** Puts entries that were taken out back in their places. */
  restore(entries: readonly E[]): void {
    if (entries.length === 0) return;
    for (let i = 0; i < LANES; i++) {
      const back = entries.filter((entry) => LANE[entry.class] === i);
      if (back.length === 0) continue;
      const all = [...(this.#lanes[i]?.values() ?? []), ...back].sort((a, b) => a.seq - b.seq);
      this.#lanes[i] = new Map(all.map((entry) => [entry.target, entry]));
    }
  }

  /** The first entry, lane by lane, that may go. */
  next(mayGo: (entry: E) => boolean): E | undefined {
    for (const lane of this.#lanes) for (const entry of lane.values()) if (mayGo(entry)) return entry;
    return undefined;
  }

  /** The entry to give up first when there is no room: the oldest of the last lane; sets never. */
  victim(): E | undefined {
    for (let i = LANES - 1; i > 0; i--) for (const entry of this.#lanes[i]?.values() ?? []) return entry;
    return undefined;
  }

  #lane(entry: E): Map<string, E> {
    const lane = this.#lanes[LANE[entry.class]];
    if (lane === undefined) throw new Error(`outbox: class '${entry.class}' has no lane`);
    return lane;
  }
}
