import type { Family } from './addresses/family.js';
import type { RuleChoices } from './dialect-rules.js';
import type { FirewallRule, RulesetTree } from './rules/firewall-rule.js';
import type { SetKind } from './sets/set-name.js';

/** One set as text, ready to be joined with others. Rendered once and kept until its addresses change. */
export interface RenderedSet {
  readonly name: string;
  readonly base: string;
  readonly kind: SetKind;
  readonly family: Family;
  readonly addresses: readonly string[];
  /** The set's own part of the text. */
  readonly block: string;
  /** The part of a host's output for this set that the hash covers. */
  readonly hashed: string;
}

/** The text of all sets, the same for all hosts, and the hash that agents report once they have loaded it. */
export interface SetsText {
  readonly text: string;
  readonly hash: string;
}

/** How a tool spells sets, with pauses. */
export interface SetPrinter {
  /** `addresses` are a `CanonicalSet`'s. */
  render(base: string, kind: SetKind, family: Family, addresses: readonly string[]): Generator<void, RenderedSet>;
  /** The order of the sets does not matter. Costs no more than joining the kept parts. */
  assemble(sets: readonly RenderedSet[]): Generator<void, SetsText>;
  /** The text of `assemble` alone; its hash alone. */
  text(sets: readonly RenderedSet[]): Generator<void, string>;
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
