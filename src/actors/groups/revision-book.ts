import type { StoredRuleset } from '../../model/stored-ruleset.js';

/** Who had a group's texts changed, and why. */
export interface Cause {
  readonly author: string;
  readonly reason: string | null;
  /** The plan that was applied, if one was. */
  readonly plan: string | null;
  /** Why it may break an assertion or a guard; absent: it breaks none. */
  readonly override?: string | null;
}

/** The newest revision of a group: its number, from 1, and the texts (`StoredRuleset.id`) that it has. */
export interface LastRevision {
  readonly number: number;
  readonly texts: string;
}

/** A revision that a group is held at. `at`: epoch seconds. */
export interface Pin {
  readonly groupId: string;
  readonly number: number;
  readonly ruleset: StoredRuleset;
  readonly compiledAt: number;
  readonly reason: string;
  readonly author: string;
  readonly at: number;
}

/** What a pinned group compiles to today: it waits until the pin goes. */
export interface WaitingTexts {
  readonly ruleset: StoredRuleset;
  readonly compiledAt: number;
}

/** Which revisions groups have, and at which they are held; a plain object that outlives the crash of any actor. */
export class RevisionBook {
  readonly #last = new Map<string, LastRevision>();
  readonly #causes = new Map<string, Cause>();
  /** Groups that are held at a revision. */
  readonly pins = new Map<string, Pin>();
  /** Of pinned groups whose policy now compiles to something else. */
  readonly waiting = new Map<string, WaitingTexts>();

  last(groupId: string): LastRevision | undefined {
    return this.#last.get(groupId);
  }

  /** The newest of several counts: what the store holds may be older than what is known. */
  noteLast(groupId: string, revision: LastRevision): void {
    const known = this.#last.get(groupId);
    if (known === undefined || known.number < revision.number) this.#last.set(groupId, revision);
  }

  /** What made these groups stale; the last one before they are compiled counts. */
  noteCause(groupIds: Iterable<string>, cause: Cause): void {
    for (const id of groupIds) this.#causes.set(id, cause);
  }

  cause(groupId: string): Cause | undefined {
    return this.#causes.get(groupId);
  }

  /** The number of the revision that these texts are, as far as they are the newest or the one that is pinned. */
  numberOf(groupId: string, texts: string): number | undefined {
    const pin = this.pins.get(groupId);
    if (pin?.ruleset.id === texts) return pin.number;
    const last = this.#last.get(groupId);
    return last?.texts === texts ? last.number : undefined;
  }

  forget(groupId: string): void {
    this.#last.delete(groupId);
    this.#causes.delete(groupId);
    this.pins.delete(groupId);
    this.waiting.delete(groupId);
  }
}
