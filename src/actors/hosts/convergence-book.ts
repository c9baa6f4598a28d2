import type { Config } from '../../config/schema.js';
import type { Hashes } from '../../host/hash-check.js';
import { runsRules } from '../../host/runs-rules.js';
import type { Document } from '../../model/document.js';
import type { RulesetHashField } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import type { Clock } from '../../otp/index.js';
import type { World } from '../../world/world.js';
import type { RolloutBook } from '../rollouts/rollout-book.js';

/** Something that was published and that not all of its hosts have shown yet. */
export interface OpenConvergence {
  readonly what: 'ruleset' | 'sets';
  /** Name of the group; null: of all hosts. */
  readonly group: string | null;
  /** When the broker had confirmed it, epoch seconds. */
  readonly since: number;
  /** Hosts in use that it is for, and how many of them report its hashes. */
  readonly hosts: number;
  readonly converged: number;
}

/** Something that all of its hosts have. */
export interface DoneConvergence extends Pick<OpenConvergence, 'what' | 'group' | 'hosts'> {
  /** When the last host reported its hashes, epoch seconds. */
  readonly at: number;
  /** So long after the broker had confirmed it. */
  readonly seconds: number;
}

export interface ConvergenceBookNeeds {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly config: Pick<Config, 'check_v6_hashes'>;
  readonly world: Pick<World, 'rows' | 'hostByKey' | 'hostsOf' | 'groupByName'>;
  readonly rollouts: Pick<RolloutBook, 'ahead'>;
}

interface Open {
  readonly what: 'ruleset' | 'sets';
  readonly groupId: string | undefined;
  readonly group: string | null;
  /** By a report's hashes, or those of a host's row. */
  readonly has: (reported: Readonly<Record<string, unknown>>) => boolean;
  readonly since: number;
  /** Monotonic milliseconds, as the next two. */
  readonly begun: number;
  /** Of the last host that had it; undefined: none since it went out. */
  reachedAt: number | undefined;
  lookedAt: number;
  /** Hostkeys of those that have yet to show it. */
  readonly pending: Set<string>;
  converged: number;
}

/** So many of those that are over are kept, the newest. */
const MOST_DONE = 500;

/** Hosts that have yet to show something are looked at so often, in milliseconds, and so many at a time. */
const LOOK_MS = 1000;
const MOST_LOOKED_AT = 500;

/**
 * How long hosts take from the broker's confirm of something new until all of them have it. A host has it when the hashes
 * that it reports are those of what was published; hosts that are silent, show no rules, or are ahead in a rollout are not
 * waited for. A plain object of this run: one writer for what is out (the publishers), one for reports (the hosts).
 */
export class ConvergenceBook {
  readonly #needs: ConvergenceBookNeeds;
  /** What went out last, by what it is and for whom: a newer one takes its place. */
  readonly #open = new Map<string, Open>();
  readonly #done: DoneConvergence[] = [];

  constructor(needs: ConvergenceBookNeeds) {
    this.#needs = needs;
  }

  /** The broker has confirmed rules that the group's hosts did not have; `hashes`: its four hash fields. */
  rulesOut(groupId: string, hashes: Readonly<Record<string, string>>): void {
    const wanted = hashes as Readonly<Record<RulesetHashField, string>>;
    const options = { checkV6: this.#needs.config.check_v6_hashes };
    this.#begin('ruleset', groupId, (reported) => runsRules(reported, wanted, options));
  }

  /** As `rulesOut`, of sets with this hash; `groupId` undefined: of all hosts. */
  setsOut(hash: string, groupId?: string): void {
    this.#begin('sets', groupId, ({ ipset_hash }) => ipset_hash === hash);
  }

  /** A host of the group with this name has reported these hashes. Cheap while nothing is open. */
  reported(hostkey: string, groupName: string, hashes: Hashes): void {
    if (this.#open.size === 0) return;
    const groupId = this.#needs.world.groupByName(groupName)?.id;
    const keys =
      groupId === undefined
        ? [keyOf('sets', undefined)]
        : [keyOf('ruleset', groupId), keyOf('sets', groupId), keyOf('sets', undefined)];
    for (const key of keys) {
      const open = this.#open.get(key);
      if (open === undefined) continue;
      if (open.pending.has(hostkey) && open.has(hashes)) this.#reached(open, hostkey);
      this.#look(key, open);
    }
  }

  /** The oldest first. */
  open(): readonly OpenConvergence[] {
    for (const [key, open] of this.#open) this.#look(key, open);
    return [...this.#open.values()].map(({ what, group, since, pending, converged }) => ({
      what,
      group,
      since,
      hosts: converged + pending.size,
      converged,
    }));
  }

  /** At most 500, the oldest first. */
  done(): readonly DoneConvergence[] {
    return this.#done;
  }

  #begin(what: 'ruleset' | 'sets', groupId: string | undefined, has: Open['has']): void {
    const { clock, world } = this.#needs;
    const key = keyOf(what, groupId);
    this.#open.delete(key);
    const group = groupId === undefined ? null : textOf(world.rows('group').get(groupId)?.['name']);
    const pending = new Set<string>();
    let converged = 0;
    for (const row of group === null ? world.rows('host').values() : world.hostsOf(group)) {
      if (!this.#isAwaited(row, groupId, group)) continue;
      if (has(row)) converged += 1;
      else pending.add(textOf(row['hostkey']));
    }
    if (pending.size === 0) return;
    const begun = clock.monotonic();
    const since = Math.floor(clock.now() / 1000);
    this.#open.set(key, {
      what,
      groupId,
      group,
      has,
      since,
      begun,
      reachedAt: undefined,
      lookedAt: begun,
      pending,
      converged,
    });
  }

  #isAwaited(row: Document | undefined, groupId: string | undefined, group: string | null): row is Document {
    if (row === undefined || row['active'] !== 'active' || row['unverified'] === true) return false;
    if (groupId === undefined) return true;
    return row['group'] === group && this.#needs.rollouts.ahead(groupId, textOf(row['hostkey'])) === undefined;
  }

  #reached(open: Open, hostkey: string): void {
    open.pending.delete(hostkey);
    open.converged += 1;
    open.reachedAt = this.#needs.clock.monotonic();
  }

  /**
   * Lets go of hosts that need not show it any more, and sees those that had reported it before its confirm was known.
   * Of many, some at a time.
   */
  #look(key: string, open: Open): void {
    const now = this.#needs.clock.monotonic();
    if (open.pending.size > 0 && now - open.lookedAt >= LOOK_MS) {
      open.lookedAt = now;
      for (const hostkey of [...take(open.pending, MOST_LOOKED_AT)]) {
        const row = this.#needs.world.hostByKey(hostkey);
        open.pending.delete(hostkey);
        if (!this.#isAwaited(row, open.groupId, open.group)) continue;
        if (open.has(row)) this.#reached(open, hostkey);
        // It is looked at again after all others.
        else open.pending.add(hostkey);
      }
    }
    if (open.pending.size > 0) return;
    this.#open.delete(key);
    const { what, group, since, begun, reachedAt, converged: hosts } = open;
    // Its hosts are gone.
    if (reachedAt === undefined) return;
    const seconds = Math.round(reachedAt - begun) / 1000;
    this.#done.push({ at: since + Math.floor(seconds), what, group, hosts, seconds });
    if (this.#done.length > MOST_DONE) this.#done.shift();
  }
}

function keyOf(what: 'ruleset' | 'sets', groupId: string | undefined): string {
  return groupId === undefined ? what : `${what}/${groupId}`;
}

function* take<T>(from: Iterable<T>, most: number): Generator<T> {
  let taken = 0;
  for (const one of from) {
    if (taken === most) return;
    taken += 1;
    yield one;
  }
}
