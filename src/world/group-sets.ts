import { createHash } from 'node:crypto';
import { finish } from '../firewall/finish.js';
import { FIELD_PRINTER } from '../firewall/printers.js';
import type { RenderedSet } from '../firewall/printer.js';
import type { RenderedSets } from './set-book.js';

/** `all`: one message with all sets to everybody. `group`: each group gets those that its rules name (docs/sets-by-need.md). */
export type IpsetScope = 'all' | 'group';

/** The sets that a ruleset names, as they are to be published. The same object as long as nothing in it changes. */
export interface NamedSets {
  readonly names: readonly string[];
  readonly parts: readonly RenderedSet[];
  /** What agents report that have loaded these sets and no others. */
  readonly hash: string;
  /** SHA-256, in hex, of names and content: equal ones mean equal texts. */
  readonly sha: string;
}

/** What the hosts of a group were given last. */
export interface GivenSets {
  readonly sha: string;
  /** Their names; undefined: it was before a restart. */
  readonly names: readonly string[] | undefined;
  /** When the broker confirmed it, epoch seconds. */
  readonly at: number;
}

/** The hashes of sets that count for a host. */
export interface WantedSets {
  readonly hashes: ReadonlySet<string>;
  readonly newest: string;
  /** Epoch seconds. */
  readonly changedAt: number;
}

interface Listed {
  readonly now: NamedSets;
  /** Since when the list has this content, epoch seconds. */
  readonly since: number;
  /** Hashes that it had before, and until when. */
  readonly before: readonly { readonly hash: string; readonly until: number }[];
}

/** Former hashes of one list that are remembered; hosts with older ones are sent the newest again. */
const MOST_FORMER = 60;

const digests = new WeakMap<RenderedSet, string>();

/** Rendered sets are never changed in place, so each is hashed once, however many lists name it. */
function digestOf(set: RenderedSet): string {
  const known = digests.get(set);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (const bytes of set.text) hash.update(bytes);
  const digest = hash.digest('hex');
  digests.set(set, digest);
  return digest;
}

function* named(names: readonly string[], rendered: RenderedSets): Generator<void, NamedSets> {
  const parts = names.flatMap((name) => rendered.parts.get(name) ?? []);
  const sha = createHash('sha256');
  for (const part of parts) {
    sha.update(`${part.name} ${digestOf(part)}\n`);
    yield;
  }
  return { names, parts, hash: yield* FIELD_PRINTER.sets.hash(parts), sha: sha.digest('hex') };
}

function sameParts(a: readonly RenderedSet[], b: readonly RenderedSet[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

/** The text of these sets for `ipset restore`, as its bytes in order; never empty, since agents take that for "nothing new". */
export function namedSetsText({ parts }: NamedSets): readonly Buffer[] {
  return FIELD_PRINTER.sets.text(parts);
}

/**
 * Which sets a group needs, what their text and hash are, and what its hosts were given: the one place that says so
 * where sets go by group (`ipset_scope: group`). Lists that groups share are worked out once. A plain object; the
 * ipset publisher writes the contents, the iptables publisher what was given.
 */
export class GroupSets {
  readonly scope: IpsetScope;
  readonly #clock: { now(): number };
  #rendered: RenderedSets | undefined = undefined;
  #lists = new Map<string, Listed>();
  readonly #given = new Map<string, GivenSets>();
  /** Since when sets go by group, as the store calls it; undefined: they do not, or it is not begun. */
  era: string | undefined = undefined;

  constructor(scope: IpsetScope, clock: { now(): number }) {
    this.scope = scope;
    this.#clock = clock;
  }

  /**
   * Takes what all sets hold from now on, with pauses; until it ends, the former content counts.
   * @param lists the names of sets in each ruleset that hosts have or may be given; others are forgotten
   * @returns the lists that hold something else than before, as `listKey` spells them
   */
  *take(rendered: RenderedSets, lists: Iterable<readonly string[]>): Generator<void, ReadonlySet<string>> {
    const now = this.#now;
    const next = new Map<string, Listed>();
    const changed = new Set<string>();
    for (const names of lists) {
      const key = listKey(names);
      if (next.has(key)) continue;
      const listed = this.#lists.get(key);
      const parts = names.flatMap((name) => rendered.parts.get(name) ?? []);
      yield;
      if (listed !== undefined && sameParts(listed.now.parts, parts)) {
        next.set(key, listed);
        continue;
      }
      const made = yield* named(names, rendered);
      if (listed?.now.sha !== made.sha) changed.add(key);
      next.set(key, after(listed, made, now));
    }
    this.#rendered = rendered;
    this.#lists = next;
    return changed;
  }

  /** The sets of this list as they are to be published; undefined: sets go to all, or nothing was rendered yet. */
  of(names: readonly string[]): NamedSets | undefined {
    const rendered = this.#rendered;
    if (this.scope === 'all' || rendered === undefined) return undefined;
    const key = listKey(names);
    const known = this.#lists.get(key);
    if (known !== undefined) return known.now;
    const made = finish(named(names, rendered));
    this.#lists.set(key, after(undefined, made, this.#now));
    return made;
  }

  /** The hosts of the group were given other sets than rules naming these need now, or none yet. */
  owes(groupId: string, names: readonly string[]): boolean {
    const sets = this.of(names);
    return sets !== undefined && this.#given.get(groupId)?.sha !== sets.sha;
  }

  given(groupId: string): GivenSets | undefined {
    return this.#given.get(groupId);
  }

  gave(groupId: string, given: GivenSets): void {
    this.#given.set(groupId, given);
  }

  forget(groupId: string): void {
    this.#given.delete(groupId);
  }

  /**
   * What a host of the group should report that has rules naming these sets; undefined: nothing to compare with, since
   * its group was given none yet.
   * @param since when it was given these rules, epoch seconds
   * @param windowSeconds so long a hash counts after it stopped being the newest
   */
  wanted(
    groupId: string,
    names: readonly string[],
    since: number | undefined,
    windowSeconds: number,
  ): WantedSets | undefined {
    const given = this.#given.get(groupId);
    const newest = this.of(names);
    if (given === undefined || newest === undefined) return undefined;
    const listed = this.#lists.get(listKey(names));
    const oldest = this.#now - windowSeconds;
    const former = listed?.before.filter(({ until }) => until >= oldest).map(({ hash }) => hash) ?? [];
    return {
      hashes: new Set([newest.hash, ...former]),
      newest: newest.hash,
      changedAt: Math.max(listed?.since ?? 0, since ?? 0, given.at),
    };
  }

  get #now(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

/** Names of sets hold no blanks. */
export function listKey(names: readonly string[]): string {
  return names.join(' ');
}

function after(before: Listed | undefined, now: NamedSets, at: number): Listed {
  if (before === undefined) return { now, since: at, before: [] };
  const { hash } = before.now;
  const former = hash === now.hash ? before.before : [{ hash, until: at }, ...before.before].slice(0, MOST_FORMER);
  return { now, since: hash === now.hash ? before.since : at, before: former };
}
