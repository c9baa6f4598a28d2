import { finish } from '../firewall/finish.js';
import { SegmentDigest } from '../firewall/hash/segment-digest.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy, PolicyFault } from '../firewall/policy/policy.js';
import { wantedSetsInSteps } from '../firewall/policy/wanted-sets.js';
import { FIELD_PRINTER } from '../firewall/printers.js';
import type { RenderedSet, SetsText } from '../firewall/printer.js';
import { buildSetInSteps, type BuiltSet, type SetProblem, type WantedSet } from '../firewall/sets/build-set.js';
import type { LastGood } from '../firewall/sets/compile-sets.js';
import { readSetName, setName } from '../firewall/sets/set-name.js';
import { NOT_USED, type SetUse } from './set-use.js';

/** All sets as they are to be published, made from the policy of one moment. */
export interface RenderedSets {
  readonly body: SetsText;
  readonly text: string;
  /** SHA-256 of the text, in hex: of two renderings, whether they are the same. */
  readonly sha: string;
  /** What agents report once they have loaded it. */
  readonly hash: string;
  /** Full names of all sets in it. */
  readonly names: ReadonlySet<string>;
  /** Each as it was rendered, by name: what texts of some of them are made from. */
  readonly parts: ReadonlyMap<string, RenderedSet>;
  /**
   * Those of them that could not be filled and never had a good content: groups that name them wait
   * (docs/rulesets.md#what-the-kernel-refuses).
   */
  readonly unusable: ReadonlySet<string>;
  readonly problems: readonly SetProblem[];
  /** Documents that were skipped or defaulted. */
  readonly faults: readonly PolicyFault[];
  /** Content of the sets that stand in with their last good one; worth keeping over a restart. */
  readonly standIns: LastGood;
  /** Sets that nothing makes any more, and that are kept for those who may name them. */
  readonly retained: ReadonlySet<string>;
  /** Content of all sets in it. */
  readonly contents: LastGood;
}

/** Addresses that are compared between two pauses. */
const A_STEP = 1 << 16;

interface Kept {
  readonly wanted: WantedSet;
  readonly built: BuiltSet;
}

function goneProblem(set: string, groups: readonly string[], instead: 'last_good' | 'none'): SetProblem {
  const published =
    instead === 'none' ? 'no content of it is known, so it is not published' : 'published with its last content';
  const reason = `no group, zone or linked environment makes it any more, but the last good rulesets of ${groups.join(', ')} name it; ${published}`;
  return { set, kind: 'gone', reason, instead };
}

function sameAddresses(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  // A plain loop: they are long.
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

/**
 * Makes the sets from the policy, again and again: a set whose addresses are the ones it had is taken over as it was
 * rendered, so that one host's move costs its group's sets and `all-active`, not all of them. The outcome is the same as
 * if everything were made anew, but for sets that can't be made: those over the kernel's limit, those whose document is
 * malformed, and those that are gone while a last good ruleset names them. They keep what they last had.
 */
export class SetBook {
  readonly #policy: Policy;
  readonly #dialect: Dialect;
  readonly #use: () => SetUse;
  #kept = new Map<string, Kept>();
  /** The former body's; a body that shares its begin is hashed from there on. */
  readonly #digests = { text: new SegmentDigest(), saved: new SegmentDigest() };
  readonly #lastGood = new Map<string, readonly string[]>();
  /** The sets that were last handed to the broker: what single hosts are sent too. */
  published: RenderedSets | undefined = undefined;
  /** Sets of `published` whose newest content no queue took: the broker found it too large. Rulesets that name them wait. */
  untaken: ReadonlySet<string> = new Set();

  constructor(policy: Policy, dialect: Dialect, use: () => SetUse = () => NOT_USED) {
    this.#use = use;
    this.#policy = policy;
    this.#dialect = dialect;
  }

  /** What sets had before a restart, for those that cannot be made now. */
  remember(lastGood: LastGood): void {
    for (const [name, addresses] of lastGood) if (!this.#lastGood.has(name)) this.#lastGood.set(name, addresses);
  }

  /**
   * Makes all sets of the policy as it is when this begins, with pauses: policy may change meanwhile, and is not looked at
   * again. What is kept for the next time is that of the rendering that ended last.
   */
  *renderInSteps(): Generator<void, RenderedSets> {
    const use = this.#use();
    const { wanted, faults } = yield* wantedSetsInSteps(this.#policy, this.#dialect);
    const kept = new Map<string, Kept>();
    let compared = 0;
    for (const set of wanted) {
      const name = setName(set.base, set.kind, set.family);
      kept.set(name, yield* this.#make(name, set));
      compared += 1 + set.addresses.length;
      if (compared < A_STEP) continue;
      compared = 0;
      yield;
    }
    this.#kept = kept;
    const made = [...kept.values()].map(({ built }) => built);
    const gone = yield* this.#gone(new Set(made.flatMap(({ rendered }) => rendered?.name ?? [])), use);
    const all = [...made, ...gone];
    const rendered = all.flatMap((built) => (built.rendered === undefined ? [] : [built.rendered]));
    const problems = all.flatMap((built) => built.problems);
    const replaced = problems.filter((problem) => 'instead' in problem);
    const body = yield* FIELD_PRINTER.sets.assemble(rendered, this.#digests);
    return {
      body,
      get text() {
        return body.text;
      },
      sha: body.sha,
      hash: body.hash,
      names: new Set(rendered.map(({ name }) => name)),
      parts: new Map(rendered.map((set) => [set.name, set])),
      unusable: new Set(replaced.filter(({ instead }) => instead === 'empty').map(({ set }) => set)),
      problems,
      faults,
      standIns: new Map(
        replaced
          .filter(({ instead }) => instead === 'last_good')
          .map(({ set }) => [set, this.#lastGood.get(set) ?? []]),
      ),
      retained: new Set(gone.flatMap(({ rendered: kept }) => kept?.name ?? [])),
      contents: new Map(rendered.map(({ name, addresses }) => [name, addresses])),
    };
  }

  /** The same without pauses, where nobody else waits. */
  render(): RenderedSets {
    return finish(this.renderInSteps());
  }

  /** Sets that nothing makes any more, though rulesets in use name them. A name that is not used is forgotten. */
  *#gone(there: ReadonlySet<string>, { users, certain }: SetUse): Generator<void, BuiltSet[]> {
    const gone: BuiltSet[] = [];
    for (const [name, addresses] of [...this.#lastGood]) {
      if (there.has(name)) continue;
      const parts = readSetName(name);
      // A later set of this name is another set.
      if (parts === undefined || (certain && !users.has(name))) this.#lastGood.delete(name);
      else {
        const problems = users.has(name) ? [goneProblem(name, users.get(name) ?? [], 'last_good')] : [];
        const rendered = yield* FIELD_PRINTER.sets.render(parts.base, parts.kind, parts.family, addresses);
        gone.push({ rendered, problems });
      }
    }
    for (const [name, groups] of users)
      if (!there.has(name) && !this.#lastGood.has(name)) gone.push({ problems: [goneProblem(name, groups, 'none')] });
    return gone;
  }

  *#make(name: string, wanted: WantedSet): Generator<void, Kept> {
    const before = this.#kept.get(name);
    if (
      before?.wanted.order === wanted.order &&
      sameAddresses(before.wanted.addresses, wanted.addresses) &&
      before.wanted.unreadable === wanted.unreadable &&
      before.wanted.incomplete === wanted.incomplete
    )
      return before;
    const built = yield* buildSetInSteps(
      wanted,
      this.#dialect,
      this.#lastGood.get(name),
      FIELD_PRINTER.sets,
      before?.built.rendered,
    );
    const isReplaced = built.problems.some((problem) => 'instead' in problem);
    if (built.rendered !== undefined && !isReplaced) this.#lastGood.set(name, built.rendered.addresses);
    return { wanted, built };
  }
}
