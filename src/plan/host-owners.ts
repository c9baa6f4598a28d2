import { createHash } from 'node:crypto';
import { type AddressSet, type ByFamily, isWithin, type Point, rankOf } from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';

/** An interval of addresses and the host that has it; null: several hosts have some of it. */
interface Owned {
  readonly starts: readonly Point[];
  readonly ends: readonly Point[];
  readonly hosts: readonly (AddressSet | null)[];
}

/** Intervals of a set that are looked at for one whose owner is known: hosts have few. */
const MOST_LOOKED_AT = 64;

function ownedBy(sets: readonly AddressSet[]): Owned {
  const all = sets.flatMap((set) => {
    const intervals: { from: Point; to: Point; set: AddressSet | null }[] = [];
    for (let at = 0; at < set.bounds.length; at += 2)
      intervals.push({ from: set.bounds[at] as Point, to: set.bounds[at + 1] as Point, set });
    return intervals;
  });
  all.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: typeof all = [];
  for (const one of all) {
    const last = joined.at(-1);
    if (last === undefined || last.to <= one.from) {
      joined.push(one);
      continue;
    }
    last.set = null;
    if (last.to < one.to) last.to = one.to;
  }
  return {
    starts: joined.map(({ from }) => from),
    ends: joined.map(({ to }) => to),
    hosts: joined.map(({ set }) => set),
  };
}

/** Which of a group's hosts has which addresses. */
export class HostOwners {
  readonly #sets: readonly ByFamily<AddressSet>[];
  readonly #owned = new Map<Family, Owned>();
  #key: string | undefined;

  /** The addresses of each host. */
  constructor(sets: readonly ByFamily<AddressSet>[]) {
    this.#sets = sets;
  }

  /** All addresses of the one host that has all of these; undefined: no one host has, or it can't be told. */
  hostOf(addresses: AddressSet): AddressSet | undefined {
    const { starts, ends, hosts } = this.#of(addresses.family);
    for (let at = 0; at < Math.min(addresses.bounds.length, 2 * MOST_LOOKED_AT); at += 2) {
      const point = addresses.bounds[at] as Point;
      const place = rankOf(starts, point) - 1;
      if (place < 0 || (ends[place] as Point) <= point) return undefined;
      const host = hosts[place];
      if (host !== null && host !== undefined) return isWithin(addresses, host) ? host : undefined;
    }
    return undefined;
  }

  /** Equal where the same addresses are divided in the same way. */
  get key(): string {
    if (this.#key !== undefined) return this.#key;
    const texts = this.#sets.map(({ v4, v6 }) => `${v4.bounds.join()} ${v6.bounds.join()}`).sort();
    this.#key = createHash('sha256')
      .update(Buffer.from(texts.join('\n'), 'utf16le'))
      .digest('base64');
    return this.#key;
  }

  #of(family: Family): Owned {
    let owned = this.#owned.get(family);
    if (owned === undefined) {
      owned = ownedBy(this.#sets.map((set) => set[family]));
      this.#owned.set(family, owned);
    }
    return owned;
  }
}
