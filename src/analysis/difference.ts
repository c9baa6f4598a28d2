import { decidePacket } from './decide-packet.js';
import { type Cell, Diagram } from './diagram.js';
import { decisionFor, effectKey, type Lookers, lookersOf } from './effect-key.js';
import type { Filter, FlatRule } from './filter.js';
import { mergeCells } from './merge-cells.js';
import type { Chain, Packet } from './packet.js';
import type { Box } from './region.js';
import type { InterfaceKind } from './interface-names.js';
import type { AddressBook } from './address-book.js';
import { type Decision, isAccepted } from './verdict.js';
import { witnessOf } from './witness.js';

/** Packets with which something else happens after a change. */
export interface Flow {
  readonly chain: Chain;
  readonly family: Filter['family'];
  readonly box: Box;
  /** What the interfaces of the box are. */
  readonly kinds: readonly InterfaceKind[];
  readonly before: Decision;
  readonly after: Decision;
  /** One packet that shows it: both texts have just these decisions for it. */
  readonly witness: Packet;
}

interface Change {
  readonly before: Decision;
  readonly after: Decision;
}

function decisionKey({ verdict, outcomes }: Decision): string {
  return `${verdict}:${outcomes.map((outcome) => `${outcome.verdict} ${outcome.lineNumber ?? 'policy'}`).join()}`;
}

/** A string for all that a rule asks for and does; equal for rules that are the same but for their comments. */
function contentOf(rule: FlatRule, book: AddressBook): string {
  const tests = (side: 'src' | 'dst'): unknown => rule[side].map(({ set, negated }) => [book.id(set), negated]);
  const { interfaces, protocols, sport, dport, icmp, states, limit, unsure, effect } = rule;
  const does = effect.kind === 'verdict' ? [effect.outcome.verdict, effect.outcome.rejectWith] : effect;
  return JSON.stringify([
    tests('src'),
    tests('dst'),
    interfaces,
    protocols?.join('') ?? null,
    sport,
    dport,
    icmp,
    states,
    limit,
    unsure ? rule.line.text : null,
    does,
  ]);
}

/** Numbers for the contents of the rules of both sides. */
function contentNumbers(sides: readonly (readonly FlatRule[])[], book: AddressBook): readonly number[] {
  const numbers = new Map<string, number>();
  return sides.flat().map((rule) => {
    const content = contentOf(rule, book);
    const number = numbers.get(content) ?? numbers.size;
    numbers.set(content, number);
    return number;
  });
}

function* chainDifference(
  before: Filter,
  after: Filter,
  chain: Chain,
  lookers: readonly [Lookers, Lookers],
): Generator<void, readonly Flow[]> {
  const sides = [before.chains[chain], after.chains[chain]] as const;
  const second = sides[0].length;
  // A list that is looked at on one side alone shows where that is.
  const lists = new Set([...lookers[0].keys()].filter((name) => lookers[1].has(name)));
  const same = before.policies[chain].verdict === after.policies[chain].verdict;
  const skips = sides.flat().some(({ effect }) => effect.kind === 'skip');
  const diagram: Diagram<Change> = new Diagram<Change>(before.family, {
    sides,
    idle: (rules) => {
      if (!same || skips) return false;
      const border = rules.findIndex((rule) => rule >= second);
      const count = border < 0 ? rules.length : border;
      if (rules.length !== 2 * count) return false;
      for (let at = 0; at < count; at += 1) {
        if (contents[rules[at] as number] !== contents[rules[at + count] as number]) return false;
      }
      return true;
    },
    leaf: (rules) => {
      const [one, other] = [diagram.side(rules, 0), diagram.side(rules, 1)];
      const [from, to] = [
        effectKey(before, chain, one, lookers[0], lists),
        effectKey(after, chain, other, lookers[1], lists),
      ];
      if (from === to) return null;
      return { before: decisionFor(before, chain, one), after: decisionFor(after, chain, other) };
    },
  });
  const contents = contentNumbers(sides, diagram.book);
  const cells = yield* diagram.cells();
  const leafKey = ({ before: from, after: to }: Change): string => `${decisionKey(from)} > ${decisionKey(to)}`;
  const merged = yield* mergeCells(cells, diagram.book, leafKey);
  return merged.map(({ box, leaf }: Cell<Change>): Flow => {
    const witness = witnessOf(box, before.family, chain, diagram.kinds);
    for (const [filter, decision] of [[before, leaf.before] as const, [after, leaf.after] as const]) {
      const said = decisionKey(decidePacket(filter, witness));
      if (said !== decisionKey(decision)) {
        throw new Error(`the witness ${JSON.stringify(witness)} is ${said}, not ${decisionKey(decision)}`);
      }
    }
    return { chain, family: before.family, box, kinds: diagram.kinds, ...leaf, witness };
  });
}

/**
 * Every packet with which something else happens after than before, as disjoint flows, each with one packet that shows
 * it. None: the two have the same effect, whatever their form. Of packets that come to a limit in both, the limit, its
 * verdict and what is behind it are compared, not how often it is met.
 */
export function* difference(before: Filter, after: Filter): Generator<void, readonly Flow[]> {
  if (before.family !== after.family) throw new Error('the two rulesets are of two families');
  const lookers = [lookersOf(before), lookersOf(after)] as const;
  const inbound = yield* chainDifference(before, after, 'INPUT', lookers);
  const outbound = yield* chainDifference(before, after, 'OUTPUT', lookers);
  return [...inbound, ...outbound];
}

/** Whether packets of a flow are let in now, no longer, or something else became of them. */
export function flowKind({ before, after }: Flow): 'opens' | 'closes' | 'changes' {
  const accepted = isAccepted(after);
  if (isAccepted(before) === accepted) return 'changes';
  return accepted ? 'opens' : 'closes';
}
