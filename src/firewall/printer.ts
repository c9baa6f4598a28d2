import type { Family } from './addresses/family.js';
import type { RuleChoices } from './dialect-rules.js';
import type { FirewallRule, RulesetTree } from './rules/firewall-rule.js';
import type { SegmentDigest } from './hash/segment-digest.js';
import type { SetKind } from './sets/set-name.js';

/** One set as text, ready to be put together with others. Rendered once and kept until its addresses change. */
export interface RenderedSet {
  readonly name: string;
  readonly base: string;
  readonly kind: SetKind;
  readonly family: Family;
  readonly addresses: readonly string[];
  /** The set's own part of the text, as its bytes in order. Never changed in place. */
  readonly text: readonly Buffer[];
  /** The part of a host's output for this set that the hash covers, in the same way. */
  readonly hashed: readonly Buffer[];
}

/** The text of all sets, the same for all hosts. */
export interface SetsText {
  /** Its bytes in order; most buffers are those of the sets. */
  readonly segments: readonly Buffer[];
  /** Put together anew each time: megabytes, which nobody is to keep beside them. */
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly sha: string;
  /** What agents report once they have loaded it. */
  readonly hash: string;
}

/** What was hashed of all sets the time before. */
export interface SetsDigests {
  readonly text: SegmentDigest;
  readonly saved: SegmentDigest;
}

/** How a tool spells sets, with pauses. */
export interface SetPrinter {
  /** `addresses` are a `CanonicalSet`'s. `before`: the same set formerly, much of which may be taken over. */
  render(
    base: string,
    kind: SetKind,
    family: Family,
    addresses: readonly string[],
    before?: RenderedSet,
  ): Generator<void, RenderedSet>;
  /** The order of the sets does not matter. Costs what hashing costs; less with the digests of the time before. */
  assemble(sets: readonly RenderedSet[], digests?: SetsDigests): Generator<void, SetsText>;
  /** The text of `assemble` alone, as its bytes in order; its hash alone. */
  text(sets: readonly RenderedSet[]): readonly Buffer[];
  hash(sets: readonly RenderedSet[]): Generator<void, string>;
}

/** What a tool can hold of a rule's comment. */
export interface CommentRoom {
  /** Most bytes. */
  readonly bytes: number;
  /** The text, cut to what fits, at a character's end. */
  cut(text: string): string;
  /** Whether a comment with backslashes, as `dog1` lets stored ones have, reads back as it was written. */
  readsBack(text: string): boolean;
}

/** How a tool spells rulesets, and what it can hold. Pure: the same tree gives the same text. */
export interface Printer {
  /**
   * The text of a ruleset, step by step: each step takes well under a millisecond.
   * @param lines gets one entry per line of the text: the rule it is of; null: one of the fixed lines around the rules
   */
  print(ruleset: RulesetTree, choices: RuleChoices, lines?: (FirewallRule | null)[]): Generator<void, string>;
  /** The hash that hosts report once they have loaded the text. */
  hash(text: string): string;
  readonly comments: CommentRoom;
  readonly sets: SetPrinter;
}
