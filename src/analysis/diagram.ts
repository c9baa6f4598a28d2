import type { Family } from '../firewall/addresses/family.js';
import { AddressBook } from './address-book.js';
import { addressClasses, type AddressClasses } from './address-classes.js';
import { type AddressSet, EVERYBODY } from './address-set.js';
import type { AddressTest, FlatRule } from './filter.js';
import { type InterfaceKind, interfaceKinds, takesInterface } from './interface-names.js';
import { isUnsure } from './decide.js';
import { ALL_STATES } from './line-draft.js';
import { STATES } from './packet.js';
import { commonRanges } from './ranges.js';
import { type Box, EVERYTHING, type Region } from './region.js';
import type { Range } from './ruleset.js';

/** A box of packets for which a leaf is true. */
export interface Cell<Leaf> {
  readonly box: Box;
  readonly leaf: Leaf;
}

/** What is asked of a diagram. Rules are numbered through all sides: side 0 first. */
export interface Question<Leaf> {
  /** One chain, or the two that are compared. */
  readonly sides: readonly (readonly FlatRule[])[];
  readonly region?: Region;
  /** How many rules that decide for certain are kept of a side: one, or two to see what is behind the first. */
  readonly keep?: 1 | 2;
  /** True where there is nothing to be found among packets that can only match these rules. */
  readonly idle?: (rules: readonly number[]) => boolean;
  /** What packets are that match exactly these rules; null: nothing to tell. */
  readonly leaf: (rules: readonly number[]) => Leaf | null;
  /** Makes the classes of sets; the plain way by default. */
  readonly classes?: (sets: readonly AddressSet[]) => AddressClasses;
}

/** What a packet is asked for, in this order: what tells most rules apart cheaply comes first, addresses last. */
const DIMENSIONS = ['states', 'interfaces', 'protocols', 'selectors', 'sports', 'src', 'dst'] as const;
type Dimension = (typeof DIMENSIONS)[number];
const STATE = 0;

/** Packets that match the same rules, as far as one dimension goes. */
interface Block {
  readonly rules: readonly number[];
  /** The part of the dimension; made when it is needed. */
  readonly value: () => Box[Dimension];
}

function selectorsOf(rule: FlatRule): readonly Range[] | null {
  return rule.dport ?? rule.icmp;
}

/** The last dimension that a rule asks for; -1: it takes every packet. */
function lastAsked(rule: FlatRule): number {
  if (rule.dst.length > 0) return 6;
  if (rule.src.length > 0) return 5;
  if (rule.sport !== null) return 4;
  if (selectorsOf(rule) !== null) return 3;
  if (rule.protocols !== null) return 2;
  if (rule.interfaces.length > 0) return 1;
  return rule.states === ALL_STATES ? -1 : STATE;
}

/** Bounds of addresses from which on work on all of them is a step of its own. */
const LARGE = 1000;

function isLarge(value: Box[Dimension] | AddressSet): boolean {
  return typeof value === 'object' && 'bounds' in value && value.bounds.length > LARGE;
}

/**
 * Divides all packets of a region by what the rules of one or two chains ask for: a decision diagram (Gouda and Liu,
 * "Structured firewall design") whose nodes are the rules that can still match. Equal nodes are worked out once, and a
 * rule that takes all packets of a node ends its list.
 */
export class Diagram<Leaf> {
  readonly kinds: readonly InterfaceKind[];
  readonly book = new AddressBook();
  readonly #family: Family;
  readonly #question: Question<Leaf>;
  readonly #region: Region;
  readonly #rules: readonly FlatRule[];
  /** Where the rules of the second side begin. */
  readonly #second: number;
  readonly #last: readonly number[];
  readonly #known = DIMENSIONS.map(() => new Map<string, readonly Cell<Leaf>[]>());
  readonly #classes = new Map<string, AddressClasses>();
  readonly #src: AddressSet | null;
  readonly #dst: AddressSet | null;

  constructor(family: Family, question: Question<Leaf>) {
    this.#family = family;
    this.#question = question;
    this.#region = question.region ?? EVERYTHING;
    this.#rules = question.sides.flat();
    this.#second = question.sides[0]?.length ?? 0;
    this.#last = this.#rules.map(lastAsked);
    this.#src = this.#region.src === null ? null : this.book.intern(this.#region.src);
    this.#dst = this.#region.dst === null ? null : this.book.intern(this.#region.dst);
    const asked = this.#rules.flatMap((rule) => rule.interfaces);
    const { interfaces } = this.#region;
    this.kinds = interfaceKinds(
      typeof interfaces === 'string' ? asked : [...asked, { name: interfaces.name, prefix: false, negated: false }],
    );
  }

  /** The rule of a number. */
  rule(number: number): FlatRule {
    return this.#rules[number] as FlatRule;
  }

  /** The rules of one side among these, by their places in that side's chain. */
  side(rules: readonly number[], side: 0 | 1): readonly number[] {
    return side === 0
      ? rules.filter((rule) => rule < this.#second)
      : rules.filter((rule) => rule >= this.#second).map((rule) => rule - this.#second);
  }

  /** All boxes with a leaf; disjoint. Pauses now and then. */
  *cells(): Generator<void, readonly Cell<Leaf>[]> {
    return yield* this.#node(0, [...this.#rules.keys()]);
  }

  /** Leaves out rules that can't come into play, because one before takes every packet of the node. */
  #cut(dimension: number, rules: readonly number[]): readonly number[] {
    const kept: number[] = [];
    let left: number = this.#question.keep ?? 1;
    let skips = false;
    let side = 0;
    for (const number of rules) {
      if (side === 0 && number >= this.#second) {
        side = 1;
        left = this.#question.keep ?? 1;
        skips = false;
      }
      if (left === 0) continue;
      kept.push(number);
      const rule = this.rule(number);
      if (rule.effect.kind === 'skip') skips = true;
      else if (
        !skips &&
        rule.effect.kind === 'verdict' &&
        (this.#last[number] as number) < dimension &&
        !isUnsure(rule)
      ) {
        left -= 1;
      }
    }
    return kept;
  }

  *#node(dimension: number, wide: readonly number[]): Generator<void, readonly Cell<Leaf>[]> {
    const rules = this.#cut(dimension, wide);
    if (this.#question.idle?.(rules) === true) return [];
    if (dimension === DIMENSIONS.length) {
      const leaf = this.#question.leaf(rules);
      return leaf === null ? [] : [{ box: WHOLE_BOX, leaf }];
    }
    const memory = this.#known[dimension] as Map<string, readonly Cell<Leaf>[]>;
    const key = rules.join();
    const known = memory.get(key);
    if (known !== undefined) return known;
    if ((memory.size & 15) === 15) yield;
    const name = DIMENSIONS[dimension] as Dimension;
    const cells: Cell<Leaf>[] = [];
    const blocks =
      name === 'src' || name === 'dst' ? yield* this.#addressBlocks(rules, name) : this.#blocks(name, rules);
    for (const block of blocks) {
      const inner = yield* this.#node(dimension + 1, block.rules);
      if (inner.length === 0) continue;
      const value = block.value();
      if (isLarge(value)) yield;
      for (const { box, leaf } of inner) cells.push({ box: { ...box, [name]: value }, leaf });
    }
    memory.set(key, cells);
    return cells;
  }

  #blocks(dimension: Exclude<Dimension, 'src' | 'dst'>, rules: readonly number[]): readonly Block[] {
    switch (dimension) {
      case 'states':
        return this.#stateBlocks(rules);
      case 'interfaces':
        return this.#interfaceBlocks(rules);
      case 'protocols':
        return this.#protocolBlocks(rules);
      case 'selectors':
        return this.#rangeBlocks(rules, selectorsOf, this.#region.selectors);
      case 'sports':
        return this.#rangeBlocks(rules, (rule) => rule.sport, this.#region.sports);
    }
  }

  /** Groups atoms by the rules that take them. */
  #grouped<Atom>(
    atoms: readonly Atom[],
    rules: readonly number[],
    takes: (rule: FlatRule, atom: Atom) => boolean,
    value: (atoms: readonly Atom[]) => Box[Dimension],
  ): Block[] {
    const groups = new Map<string, { readonly rules: readonly number[]; readonly atoms: Atom[] }>();
    for (const atom of atoms) {
      const taken = rules.filter((number) => takes(this.rule(number), atom));
      const key = taken.join();
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { rules: taken, atoms: [atom] });
      else group.atoms.push(atom);
    }
    return [...groups.values()].map((group) => ({ rules: group.rules, value: () => value(group.atoms) }));
  }

  #stateBlocks(rules: readonly number[]): readonly Block[] {
    const bits = STATES.map((_, at) => 1 << at).filter((bit) => (bit & this.#region.states) !== 0);
    return this.#grouped(
      bits,
      rules,
      (rule, bit) => (rule.states & bit) !== 0,
      (group) => group.reduce((a, b) => a | b, 0),
    );
  }

  #interfaceBlocks(rules: readonly number[]): readonly Block[] {
    const { interfaces } = this.#region;
    const meant = [...this.kinds.keys()].filter((at) => {
      const { name } = this.kinds[at] as InterfaceKind;
      return typeof interfaces === 'string' ? interfaces === 'any' || name !== 'lo' : name === interfaces.name;
    });
    return this.#grouped(
      meant,
      rules,
      (rule, at) => rule.interfaces.every((match) => takesInterface(match, (this.kinds[at] as InterfaceKind).name)),
      (group) => group,
    );
  }

  #protocolBlocks(rules: readonly number[]): readonly Block[] {
    // Protocols that no mask tells apart are asked for once: there are few masks, and each has one object.
    const masks = [...new Set(rules.map((number) => this.rule(number).protocols))].filter((mask) => mask !== null);
    const kinds = new Map<string, number[]>();
    for (let protocol = 0; protocol < 256; protocol += 1) {
      if (this.#region.protocols[protocol] === 0) continue;
      let key = '';
      for (const mask of masks) key += mask[protocol];
      const kind = kinds.get(key);
      if (kind === undefined) kinds.set(key, [protocol]);
      else kind.push(protocol);
    }
    return this.#grouped(
      [...kinds.values()],
      rules,
      ({ protocols }, [protocol]) => protocols === null || protocols[protocol as number] === 1,
      (groups) => {
        const mask = new Uint8Array(256);
        for (const protocol of groups.flat()) mask[protocol] = 1;
        return mask;
      },
    );
  }

  #rangeBlocks(
    rules: readonly number[],
    of: (rule: FlatRule) => readonly Range[] | null,
    region: readonly Range[],
  ): readonly Block[] {
    const asking = rules.filter((number) => of(this.rule(number)) !== null);
    if (asking.length === 0) return [{ rules, value: () => region }];
    const cuts = new Set<number>();
    for (const number of asking) {
      for (const [first, last] of of(this.rule(number)) ?? []) cuts.add(first).add(last + 1);
    }
    for (const [first, last] of region) cuts.add(first).add(last + 1);
    const sorted = [...cuts].sort((a, b) => a - b);
    const pieces = sorted.slice(0, -1).map((first, at): Range => [first, (sorted[at + 1] as number) - 1]);
    const meant = pieces.filter(([first]) => region.some(([from, to]) => first >= from && first <= to));
    const inAny = (ranges: readonly Range[], value: number): boolean =>
      ranges.some(([first, last]) => value >= first && value <= last);
    return this.#grouped(
      meant,
      rules,
      (rule, [first]) => {
        const ranges = of(rule);
        return ranges === null || inAny(ranges, first);
      },
      (group) => joinNeighbours(group),
    );
  }

  /**
   * The classes of the addresses that these rules ask for on one side: few questions divide a large set of the other
   * side anew.
   */
  *#classesOf(rules: readonly number[], side: 'src' | 'dst'): Generator<void, AddressClasses> {
    const sets = new Set<AddressSet>();
    const region = side === 'src' ? this.#src : this.#dst;
    if (region !== null) sets.add(region);
    for (const number of rules) for (const { set } of this.rule(number)[side]) sets.add(this.book.intern(set));
    const key = [...sets].map((set) => this.book.id(set)).join();
    let classes = this.#classes.get(key);
    if (classes === undefined) {
      const make = this.#question.classes;
      classes = make === undefined ? yield* addressClasses(this.#family, [...sets]) : make([...sets]);
      this.#classes.set(key, classes);
      if ([...sets].some(isLarge)) yield;
    }
    return classes;
  }

  #classesTaken(tests: readonly AddressTest[], classes: AddressClasses): readonly number[] {
    let taken: readonly number[] | undefined;
    for (const { set, negated } of tests) {
      const members = classes.members(this.book.intern(set));
      const inside = new Set(members);
      if (taken === undefined && !negated) taken = members;
      else taken = (taken ?? [...Array(classes.count).keys()]).filter((id) => inside.has(id) !== negated);
    }
    return taken ?? [];
  }

  *#addressBlocks(rules: readonly number[], side: 'src' | 'dst'): Generator<void, readonly Block[]> {
    const region = side === 'src' ? this.#src : this.#dst;
    const asking = rules.filter((number) => this.rule(number)[side].length > 0);
    if (asking.length === 0) return [{ rules, value: () => region ?? EVERYBODY[this.#family] }];
    const classes = yield* this.#classesOf(asking, side);
    // Rules of each class, gathered rule by rule: with thousands of addresses most rules take few classes.
    const takenBy: number[][] = Array.from({ length: classes.count }, () => []);
    for (const number of asking) {
      for (const id of this.#classesTaken(this.rule(number)[side], classes)) (takenBy[id] as number[]).push(number);
    }
    const meant = region === null ? takenBy.keys() : classes.members(region);
    const groups = new Map<string, number[]>();
    for (const id of meant) {
      const key = (takenBy[id] as number[]).join();
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [id]);
      else group.push(id);
    }
    const free = rules.filter((number) => this.rule(number)[side].length === 0);
    return [...groups.values()].map((ids) => ({
      rules: [...free, ...(takenBy[ids[0] as number] as number[])].sort((a, b) => a - b),
      value: () => this.book.intern(classes.addresses(ids)),
    }));
  }
}

function joinNeighbours(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = [];
  for (const [first, last] of ranges) {
    const before = joined.at(-1);
    if (before !== undefined && before[1] + 1 === first) joined[joined.length - 1] = [before[0], last];
    else joined.push([first, last]);
  }
  return joined;
}

/** Filled in from the last dimension to the first. */
const WHOLE_BOX: Box = {
  states: ALL_STATES,
  interfaces: [],
  protocols: EVERYTHING.protocols,
  selectors: commonRanges(EVERYTHING.selectors, null) ?? [],
  sports: EVERYTHING.sports,
  src: EVERYBODY.v4,
  dst: EVERYBODY.v4,
};
