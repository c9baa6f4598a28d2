import { isUnsure, type PacketPoint, takes } from './decide.js';
import { Diagram } from './diagram.js';
import { decisionFor, effectKey, lookersOf } from './effect-key.js';
import type { Filter, FlatRule } from './filter.js';
import { mayMeet, regionOfRule } from './may-meet.js';
import type { Chain } from './packet.js';
import { probesOf } from './probe.js';
import type { Outcome } from './verdict.js';

/** A line that could as well not be there. */
export interface IdleLine {
  readonly chain: Chain;
  readonly lineNumber: number;
  /** `never`: lines before decide every packet that it takes. `needless`: what is behind it does the same with all. */
  readonly kind: 'never' | 'needless';
  /** What decides in its place, each once, in order; a `rule` null is the chain's policy. */
  readonly by: readonly Outcome[];
  /** What it would do itself. */
  readonly own: Outcome;
}

/** Whether two come to the same for a packet and its sender. */
export function sameOutcome(a: Outcome, b: Outcome): boolean {
  return a.verdict === b.verdict && a.rejectWith === b.rejectWith;
}

function inOrder(outcomes: ReadonlyMap<number | null, Outcome>): readonly Outcome[] {
  const place = ({ lineNumber }: Outcome): number => lineNumber ?? Number.POSITIVE_INFINITY;
  return [...outcomes.values()].sort((a, b) => place(a) - place(b));
}

/** One chain of a filter, looked through line by line. */
class ChainLook {
  readonly #filter: Filter;
  readonly #chain: Chain;
  readonly #rules: readonly FlatRule[];
  readonly #lookers: ReturnType<typeof lookersOf>;
  /** Numbers of lines that never decide. */
  readonly #never = new Set<number>();
  /** By the place of a rule: a packet that comes to it. */
  readonly #comes = new Map<number, PacketPoint>();

  constructor(filter: Filter, chain: Chain) {
    this.#filter = filter;
    this.#chain = chain;
    this.#rules = filter.chains[chain];
    this.#lookers = lookersOf(filter);
  }

  *look(wanted: (lineNumber: number) => boolean): Generator<void, readonly IdleLine[]> {
    const places = [...this.#rules.keys()].filter((at) => {
      const { effect, line, unsure } = this.#rules[at] as FlatRule;
      return effect.kind === 'verdict' && !unsure && wanted(line.number);
    });
    const found: IdleLine[] = [];
    const deciding: number[] = [];
    for (const at of places) {
      const idle = yield* this.#neverDecides(at);
      if (idle === undefined) deciding.push(at);
      else {
        this.#never.add(idle.lineNumber);
        found.push(idle);
      }
    }
    for (const at of deciding) {
      const idle = yield* this.#needless(at);
      if (idle !== undefined) found.push(idle);
    }
    return found.sort((a, b) => a.lineNumber - b.lineNumber);
  }

  /** Whether a rule before a place may decide a packet. */
  #isTakenBefore(at: number, point: PacketPoint): boolean {
    for (let place = 0; place < at; place += 1) {
      const other = this.#rules[place] as FlatRule;
      if (other.effect.kind !== 'mark' && takes(other, point)) return true;
    }
    return false;
  }

  /** Whether a rule before a place decides a packet for certain. */
  #isDecidedBefore(at: number, point: PacketPoint): boolean {
    for (let place = 0; place < at; place += 1) {
      const other = this.#rules[place] as FlatRule;
      if (other.effect.kind !== 'mark' && !isUnsure(other) && takes(other, point)) return true;
    }
    return false;
  }

  /** Places from one on of rules that take a packet, up to the one that decides for certain. */
  #takers(from: number, point: PacketPoint): readonly number[] {
    const places: number[] = [];
    for (let place = from; place < this.#rules.length; place += 1) {
      const other = this.#rules[place] as FlatRule;
      if (!takes(other, point)) continue;
      places.push(place);
      if (other.effect.kind === 'verdict' && !isUnsure(other)) break;
    }
    return places;
  }

  /** Places of rules that may take a packet of this one. */
  #meeting(rule: FlatRule, from: number, to: number): readonly number[] {
    const places: number[] = [];
    for (let place = from; place < to; place += 1)
      if (mayMeet(rule, this.#rules[place] as FlatRule)) places.push(place);
    return places;
  }

  *#neverDecides(at: number): Generator<void, IdleLine | undefined> {
    const rule = this.#rules[at] as FlatRule;
    if (rule.effect.kind !== 'verdict') return undefined;
    const own = rule.effect.outcome;
    for (const point of probesOf(rule, this.#filter.family)) {
      if (this.#isTakenBefore(at, point)) continue;
      this.#comes.set(at, point);
      return undefined;
    }
    const places = this.#meeting(rule, 0, at);
    const before = places.map((place) => this.#rules[place] as FlatRule);
    let alive = false;
    const by = new Map<number | null, Outcome>();
    const diagram = new Diagram<never>(this.#filter.family, {
      sides: [before, [rule]],
      region: regionOfRule(rule),
      idle: (numbers) => alive || numbers.at(-1) !== before.length,
      leaf: (numbers) => {
        const others = numbers.slice(0, -1).map((number) => places[number] as number);
        const { outcomes } = decisionFor(this.#filter, this.#chain, others);
        const last = outcomes.at(-1);
        // The policy comes in where none of them decides for certain.
        if (last === undefined || last.lineNumber === null) alive = true;
        else by.set(last.lineNumber, last);
        return null;
      },
    });
    yield* diagram.cells();
    if (alive) return undefined;
    return this.#idle(rule, own, 'never', by);
  }

  *#needless(at: number): Generator<void, IdleLine | undefined> {
    const rule = this.#rules[at] as FlatRule;
    if (isUnsure(rule) || rule.effect.kind !== 'verdict') return undefined;
    const own = rule.effect.outcome;
    const rules = this.#rules;
    const outcomes = (places: readonly number[]) => decisionFor(this.#filter, this.#chain, places).outcomes;
    const isNeededFor = (point: PacketPoint): boolean =>
      outcomes(this.#takers(at + 1, point)).some((outcome) => !sameOutcome(outcome, own));
    // Mostly it is enough to look at the packet that was found to come to it.
    const comes = this.#comes.get(at);
    if (comes !== undefined && isNeededFor(comes)) return undefined;
    for (const point of probesOf(rule, this.#filter.family))
      if (!this.#isDecidedBefore(at, point) && isNeededFor(point)) return undefined;
    const meeting = this.#meeting(rule, 0, rules.length);
    // Only the policy is behind it, for all that comes to it; and something does, or it would never decide.
    if (meeting.at(-1) === at && !meeting.some((place) => (rules[place] as FlatRule).effect.kind === 'skip')) {
      const policy = this.#filter.policies[this.#chain];
      return sameOutcome(policy, own) ? this.#idle(rule, own, 'needless', new Map([[null, policy]])) : undefined;
    }
    const self = meeting.indexOf(at);
    let needed = false;
    const by = new Map<number | null, Outcome>();
    const lists = new Set(this.#lookers.keys());
    const key = (places: readonly number[]) => effectKey(this.#filter, this.#chain, places, this.#lookers, lists);
    const diagram = new Diagram<never>(this.#filter.family, {
      sides: [meeting.map((place) => rules[place] as FlatRule), [rule]],
      region: regionOfRule(rule),
      keep: 2,
      idle: (numbers) => needed || numbers.at(-1) !== meeting.length || !numbers.includes(self),
      leaf: (numbers) => {
        const all = numbers.slice(0, -1).map((number) => meeting[number] as number);
        if (!outcomes(all).some(({ lineNumber }) => lineNumber === rule.line.number)) return null;
        if (key(all) !== key(all.filter((place) => place !== at))) needed = true;
        for (const outcome of outcomes(all.filter((place) => place > at))) by.set(outcome.lineNumber, outcome);
        return null;
      },
    });
    yield* diagram.cells();
    // What stands in for it is itself a line that never decides, so long as this one is there.
    const stands = [...by.keys()].some((line) => line !== null && this.#never.has(line));
    return needed || stands || by.size === 0 ? undefined : this.#idle(rule, own, 'needless', by);
  }

  #idle(rule: FlatRule, own: Outcome, kind: IdleLine['kind'], by: ReadonlyMap<number | null, Outcome>): IdleLine {
    return { chain: this.#chain, lineNumber: rule.line.number, kind, by: inOrder(by), own };
  }
}

/**
 * Lines that never decide a packet, and lines whose packets would fare the same without them, in order; each for itself:
 * without one of them another may be needed. Limits always count as needed.
 * @param wanted which lines are looked at
 */
export function* idleLines(
  filter: Filter,
  wanted: (chain: Chain, lineNumber: number) => boolean = () => true,
): Generator<void, readonly IdleLine[]> {
  const inbound = yield* new ChainLook(filter, 'INPUT').look((number) => wanted('INPUT', number));
  yield;
  const outbound = yield* new ChainLook(filter, 'OUTPUT').look((number) => wanted('OUTPUT', number));
  return [...inbound, ...outbound];
}
