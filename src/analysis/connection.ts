import type { Family } from '../firewall/addresses/family.js';
import { AddressBook } from './address-book.js';
import { awayFromSource, betweenHosts, type HostOf } from './between-hosts.js';
import { type ConnectionQuery, type Opening, openingsOf } from './connection-query.js';
import { type Cell, Diagram } from './diagram.js';
import { decisionFor } from './effect-key.js';
import { type End, EndError, type EndPart, type Owner } from './ends.js';
import type { Filter } from './filter.js';
import type { Fleet } from './fleet.js';
import { mergeCells } from './merge-cells.js';
import { type Chain, type Packet, type State, STATES } from './packet.js';
import { ALL_STATES } from './line-draft.js';
import type { Box } from './region.js';
import { type Decision, isAccepted, type Verdict } from './verdict.js';
import { witnessOf } from './witness.js';

/** A packet of the connection passes a chain of one end. `decision` null: no host of ours has that end. */
export interface Step {
  readonly owner: Owner | null;
  readonly chain: Chain;
  readonly state: State;
  readonly decision: Decision | null;
}

/** Connections with which the same happens at every step. */
export interface ConnectionCase {
  readonly family: Family;
  readonly verdict: Verdict;
  /** Of the first packet; `src` and `dst` are the ends' addresses. */
  readonly box: Box;
  /** The first packet of one of them. */
  readonly witness: Packet;
  /** Up to the first that lets none through. */
  readonly steps: readonly Step[];
}

/** Pairs of parts of the two ends that one question may come to. */
const MOST_PAIRS = 20_000;

/** What a host does that has no ruleset of ours yet. */
const NOT_KNOWN: Decision = {
  verdict: 'unknown',
  outcomes: [{ verdict: 'unknown', rule: null, lineNumber: null, rejectWith: null }],
};

interface Way {
  readonly steps: readonly Step[];
}

function verdictOf(steps: readonly Step[]): Verdict {
  let verdict: Verdict = 'accept';
  for (const { decision } of steps) {
    if (decision === null || isAccepted(decision)) continue;
    if (decision.outcomes.every((outcome) => outcome.verdict !== 'accept')) return decision.verdict;
    verdict = 'depends';
  }
  return verdict;
}

/** Whether a packet may pass a step. */
function mayPass({ decision }: Step): boolean {
  return decision === null || decision.outcomes.some(({ verdict }) => verdict === 'accept' || verdict === 'unknown');
}

/** The answer to a box of first packets, or those that a box of answers belongs to. */
function turned(box: Box, selectors: Box['selectors'], sports: Box['sports']): Box {
  return { ...box, src: box.dst, dst: box.src, selectors, sports };
}

function* passes(
  filter: Filter,
  chain: Chain,
  state: State,
  device: string | undefined,
  box: Box,
): Generator<void, readonly Cell<Decision>[]> {
  const diagram = new Diagram<Decision>(filter.family, {
    sides: [filter.chains[chain]],
    region: {
      ...box,
      states: 1 << STATES.indexOf(state),
      interfaces: device === undefined ? 'any but lo' : { name: device },
    },
    leaf: (rules) => decisionFor(filter, chain, rules),
  });
  return yield* diagram.cells();
}

/** One pair of parts with all four traversals. */
class Traversal {
  readonly #family: Family;
  readonly #query: ConnectionQuery;
  readonly #opening: Opening;
  readonly #ends: readonly [EndPart, EndPart];
  readonly #filters: readonly [Filter | null, Filter | null];

  /** `filters` null: the rules of that end are not ours, or not known. */
  constructor(
    family: Family,
    query: ConnectionQuery,
    opening: Opening,
    ends: readonly [EndPart, EndPart],
    filters: readonly [Filter | null, Filter | null],
  ) {
    this.#family = family;
    this.#query = query;
    this.#opening = opening;
    this.#ends = ends;
    this.#filters = filters;
  }

  *cells(): Generator<void, readonly Cell<Way>[]> {
    const { protocols, selectors, sports, state, answer } = this.#opening;
    const [from, to] = this.#ends;
    const box: Box = {
      states: ALL_STATES,
      interfaces: [],
      protocols,
      selectors,
      sports,
      src: from.addresses[this.#family],
      dst: to.addresses[this.#family],
    };
    let ways: readonly Cell<Way>[] = [{ box, leaf: { steps: [] } }];
    ways = yield* this.#step(ways, 0, 'OUTPUT', state, false);
    ways = yield* this.#step(ways, 1, 'INPUT', state, false);
    if (answer === 'none') return ways;
    ways = yield* this.#step(ways, 1, 'OUTPUT', 'ESTABLISHED', true);
    return yield* this.#step(ways, 0, 'INPUT', 'ESTABLISHED', true);
  }

  *#step(
    ways: readonly Cell<Way>[],
    end: 0 | 1,
    chain: Chain,
    state: State,
    back: boolean,
  ): Generator<void, readonly Cell<Way>[]> {
    const filter = this.#filters[end];
    const found: Cell<Way>[] = [];
    // The host that connects has its interface in `out`, the other one in `in`, whichever way a packet goes.
    const device = end === 0 ? this.#query.out : this.#query.in;
    for (const way of ways) {
      const { steps } = way.leaf;
      const last = steps.at(-1);
      if (last !== undefined && !mayPass(last)) {
        found.push(way);
        continue;
      }
      const { owner } = this.#ends[end];
      const step = { owner, chain, state };
      if (filter === null) {
        const decision = owner === null ? null : NOT_KNOWN;
        found.push({ box: way.box, leaf: { steps: [...steps, { ...step, decision }] } });
        continue;
      }
      for (const { box, leaf } of yield* passes(filter, chain, state, device, back ? this.#answer(way.box) : way.box)) {
        const first = back ? this.#asked(box) : box;
        found.push({
          box: { ...first, states: ALL_STATES, interfaces: [] },
          leaf: { steps: [...steps, { ...step, decision: leaf }] },
        });
      }
    }
    return found;
  }

  /** The answers to a box of first packets. */
  #answer(box: Box): Box {
    const { answer } = this.#opening;
    return typeof answer === 'object'
      ? turned(box, answer.answer(box.selectors), box.sports)
      : turned(box, box.sports, box.selectors);
  }

  /** The first packets whose answers are in a box. */
  #asked(box: Box): Box {
    const { answer } = this.#opening;
    return typeof answer === 'object'
      ? turned(box, answer.asked(box.selectors), box.sports)
      : turned(box, box.sports, box.selectors);
  }
}

function stepKey({ owner, chain, state, decision }: Step): string {
  const outcomes = decision?.outcomes.map(({ verdict, lineNumber }) => `${verdict} ${lineNumber}`).join();
  return `${owner?.group ?? ''} ${owner?.host ?? ''} ${chain} ${state} ${outcomes ?? ''}`;
}

function familiesOf(from: End, to: End, asked: Family | undefined): readonly Family[] {
  const has = (end: End, family: Family): boolean =>
    end.parts.some(({ addresses }) => addresses[family].bounds.length > 0);
  const meant: readonly Family[] = asked === undefined ? ['v4', 'v6'] : [asked];
  const both = meant.filter((family) => has(from, family) && has(to, family));
  if (both.length > 0) return both;
  for (const [field, end] of [['from', from] as const, ['to', to] as const]) {
    const without = meant.filter((family) => !has(end, family));
    if (without.length === meant.length || end === to) {
      throw new EndError(
        400,
        field,
        `${end.text} has no address of the family ${without.join(' or ')} that is asked for`,
      );
    }
  }
  return [];
}

/** Which host has addresses, where packets from a host to itself are left out: between hosts of one group. */
function ownersOf(query: ConnectionQuery, fleet: Fleet) {
  return ({ owner: from }: Pick<EndPart, 'owner'>, { owner: to }: Pick<EndPart, 'owner'>): HostOf => {
    const group = from?.group;
    if (query.betweenHosts !== true || group === undefined || group !== to?.group) return () => undefined;
    return (addresses) => fleet.hostOf(group, addresses);
  };
}

/**
 * What happens to connections from one end to another: all cases, disjoint and merged. A connection works when all four
 * traversals accept: the first packet's OUTPUT and INPUT, and those of the answer. Packets pass no loopback interface,
 * unless one is named. No case at all: only packets were asked about that are left out.
 * @throws EndError where the ends have no family in common, or there are too many pairs of groups.
 */
export function* connectionCases(
  from: End,
  to: End,
  query: ConnectionQuery,
  fleet: Fleet,
): Generator<void, readonly ConnectionCase[]> {
  if (from.parts.length * to.parts.length > MOST_PAIRS) {
    const field = from.parts.length > to.parts.length ? 'from' : 'to';
    throw new EndError(
      400,
      field,
      `names hosts of ${from.parts.length} and ${to.parts.length} groups: give narrower ends`,
    );
  }
  const cases: ConnectionCase[] = [];
  for (const family of familiesOf(from, to, query.family)) {
    const cells: Cell<Way>[] = [];
    const hostOf = ownersOf(query, fleet);
    const filterOf = function* ({ owner }: EndPart): Generator<void, Filter | null> {
      return owner === null ? null : yield* fleet.filter(owner.group, family);
    };
    for (const one of from.parts) {
      if (one.addresses[family].bounds.length === 0) continue;
      const before = yield* filterOf(one);
      for (const other of to.parts) {
        if (other.addresses[family].bounds.length === 0) continue;
        const filters = [before, yield* filterOf(other)] as const;
        for (const opening of openingsOf(query, family)) {
          yield;
          for (const cell of yield* new Traversal(family, query, opening, [one, other], filters).cells()) {
            const box = betweenHosts(cell.box, hostOf(one, other));
            if (box !== undefined) cells.push({ ...cell, box });
          }
        }
      }
    }
    const merged = yield* mergeCells(cells, new AddressBook(), ({ steps }) => steps.map(stepKey).join('; '));
    for (const { box, leaf } of merged) {
      const [from, to] = [leaf.steps[0]?.owner, leaf.steps[1]?.owner];
      const first = witnessOf(box, family, 'OUTPUT', []);
      const elsewhere = awayFromSource(box, first, hostOf({ owner: from ?? null }, { owner: to ?? null }));
      const witness = elsewhere === box ? first : witnessOf(elsewhere, family, 'OUTPUT', []);
      cases.push({ family, verdict: verdictOf(leaf.steps), box, witness, steps: leaf.steps });
    }
  }
  return cases;
}

/** Whether an expectation of connections holds, and one case that breaks it. */
export function checkExpectation(
  cases: readonly ConnectionCase[],
  expect: 'accept' | 'refuse',
): { readonly holds: boolean; readonly witness: ConnectionCase | null } {
  const breaks = ({ steps, verdict }: ConnectionCase): boolean =>
    expect === 'accept' ? verdict !== 'accept' : steps.every(mayPass);
  const witness = cases.find(breaks) ?? null;
  return { holds: witness === null, witness };
}
