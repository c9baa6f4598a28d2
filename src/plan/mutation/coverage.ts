import { difference, type Flow, isAccepted, nameOfProtocol } from '../../analysis/index.js';
import type { Dialect } from '../../firewall/dialect.js';
import { CompileBook } from '../../firewall/policy/compile-book.js';
import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Policy } from '../../firewall/policy/policy.js';
import { policyView } from '../../firewall/policy/policy-view.js';
import type { Document, JsonObject } from '../../model/document.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import { textOf } from '../../model/text-of.js';
import { type Expectation, readExpectation } from '../assertions/expectation.js';
import { type Ends, Judge } from '../assertions/judge.js';
import { PolicySide } from '../assertions/policy-side.js';
import { FilterBook } from '../filter-book.js';
import { fleetIndex } from '../fleet-index.js';
import { filterOf } from '../group-effects.js';
import { overlayPolicy, type TableChange } from '../overlay-policy.js';
import { SetLook } from '../set-look.js';
import { type Mutant, mutantsOf } from './mutants.js';

/** What is looked at. */
export interface CoverageInput {
  readonly policy: Policy;
  readonly dialect: Dialect;
  readonly assertions: readonly Document[];
  /** Name or id of the one group whose rules are changed; absent: those of all groups that have hosts. */
  readonly group?: string;
}

/** How far it has come. */
export interface CoverageProgress {
  readonly rules: number;
  readonly mutants: number;
  readonly unnoticed: number;
  /** The group whose rules are being looked at. */
  readonly group: string;
}

/** Mutants that are listed; all are counted. */
const LISTED = 500;
const MOST_MUTANTS = 100_000;

interface Known {
  readonly doc: Document;
  readonly expectation: Expectation;
  readonly ends: Ends;
}

/** The group's name is not that of a group with hosts and rules. */
export class NothingToCover extends Error {}

/**
 * Changes every rule in five ways, and tells which of these changes no assertion notices, though packets fare otherwise
 * under them; with the smallest assertion that would. Yields how far it has come.
 */
export function* coverage(input: CoverageInput): Generator<CoverageProgress, JsonObject> {
  const { policy, dialect } = input;
  const world = new Bench(input);
  const groups = world.groups(input.group);
  const known = runThrough(world.known());
  const counts = { rules: 0, mutants: 0, equivalent: 0, noticed: 0, uncompiled: 0 };
  const unnoticed: JsonObject[] = [];
  let missed = 0;
  const seen = new Set<string>();
  for (const group of groups) {
    const view = policyView(policy, dialect);
    const profile = view.profile(textOf(group['profile_id']));
    const ruleset = profile === undefined ? undefined : view.ruleset(profile.id);
    // Groups of one profile have the same rules.
    if (ruleset === undefined || seen.has(ruleset.id)) continue;
    seen.add(ruleset.id);
    const of = groups.filter(({ profile_id: id }) => id === group['profile_id']).map(({ name }) => textOf(name));
    let last = '';
    for (const mutant of mutantsOf(ruleset, policy.service)) {
      if (counts.mutants >= MOST_MUTANTS) break;
      const place = `${mutant.direction} ${mutant.index}`;
      if (place !== last) counts.rules += 1;
      last = place;
      counts.mutants += 1;
      const found = runThrough(world.tryOut(mutant, group, of, known));
      if (found === 'noticed' || found === 'equivalent' || found === 'uncompiled') counts[found] += 1;
      else {
        missed += 1;
        if (unnoticed.length < LISTED) unnoticed.push(found);
      }
      yield { rules: counts.rules, mutants: counts.mutants, unnoticed: missed, group: textOf(group['name']) };
    }
  }
  return {
    groups: groups.length,
    assertions: input.assertions.length,
    ...counts,
    unnoticed_count: missed,
    unnoticed,
    complete: counts.mutants < MOST_MUTANTS,
  };
}

function runThrough<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Policy as it is, and what is tried out on it. */
class Bench {
  readonly #input: CoverageInput;
  readonly #look: SetLook;
  readonly #filters = new FilterBook();
  readonly #judge = new Judge();
  readonly #compiles: CompileBook;
  readonly #now: PolicySide;

  constructor(input: CoverageInput) {
    this.#input = input;
    this.#look = new SetLook(input.dialect);
    this.#compiles = new CompileBook(input.policy, { dialect: input.dialect, generateUnset: false });
    this.#now = this.#side(input.policy, (id) => this.#compiles.compile(id));
  }

  #side(policy: Policy, compile: (id: string) => Generator<void, CompiledGroup>): PolicySide {
    const { dialect } = this.#input;
    return new PolicySide({ policy, dialect, filters: this.#filters, compile, set: (name) => this.#set(name) });
  }

  /** Rules are changed, never addresses. */
  #set(name: string) {
    return this.#look.get(this.#input.policy, name, new Map());
  }

  groups(named: string | undefined): readonly Document[] {
    const { policy } = this.#input;
    const index = fleetIndex(policy);
    const all = index.groupNames
      .filter((name) => index.activeHosts(name).length > 0)
      .map((name) => index.groupByName(name) as Document);
    if (named === undefined) return all;
    const found = all.filter(({ id, name }) => id === named || name === named);
    if (found.length > 0) return found;
    const there = policy.group.has(named) || index.groupByName(named) !== undefined;
    throw new NothingToCover(
      there ? `the group ${named} has no active host, so nothing can be asserted of it` : `there is no group ${named}`,
    );
  }

  /** The assertions that hold now: no other can notice anything. */
  *known(): Generator<void, readonly Known[]> {
    const found: Known[] = [];
    for (const doc of this.#input.assertions) {
      const expectation = readExpectation(doc);
      if (typeof expectation === 'string') continue;
      const ends = yield* this.#judge.ends(expectation, this.#now);
      const { state } = yield* this.#judge.evaluate(expectation, ends, this.#now);
      if (state === 'holds') found.push({ doc, expectation, ends });
    }
    return found;
  }

  /** Whether an assertion notices a mutant; an object: none does. */
  *tryOut(
    mutant: Mutant,
    group: Document,
    groups: readonly string[],
    known: readonly Known[],
  ): Generator<void, 'noticed' | 'equivalent' | 'uncompiled' | JsonObject> {
    const { policy, dialect } = this.#input;
    const changes: TableChange[] = [
      { table: 'ruleset', change: { id: mutant.ruleset.id, after: mutant.ruleset } },
      ...(mutant.service ? [{ table: 'service', change: { id: mutant.service.id, after: mutant.service } }] : []),
    ];
    const changed = overlayPolicy(policy, changes);
    const book = new CompileBook(changed, { dialect, generateUnset: false });
    const [before, after] = [yield* this.#compiles.compile(group.id), yield* book.compile(group.id)];
    if (!before.ok || !after.ok) return 'uncompiled';
    const names = new Set(groups);
    const isChanged = (id: string): boolean => names.has(textOf(policy.group.get(id)?.['name']));
    const side = this.#side(changed, (id) => (isChanged(id) ? book.compile(id) : this.#compiles.compile(id)));
    for (const { expectation, ends } of known) {
      const found = yield* this.#judge.brokenBy(expectation, { before: ends, after: ends }, side, names);
      if (found !== undefined) return 'noticed';
    }
    const flow = yield* this.#firstFlow(before, after);
    if (flow === undefined) return 'equivalent';
    const { kind, direction, index, rule } = mutant;
    return {
      groups,
      ruleset: mutant.ruleset.id,
      direction,
      index,
      comment: textOf(rule['comment']),
      mutant: kind,
      assertion: yield* this.#smallest(flow, textOf(group['name']), side),
    };
  }

  /** A flow that the change makes: one in state NEW if there is one, since connections begin with those. */
  *#firstFlow(
    before: CompiledGroup & { readonly ok: true },
    after: CompiledGroup & { readonly ok: true },
  ): Generator<void, Flow | undefined> {
    let first: Flow | undefined;
    for (const { key, family } of variantsOfType('ipsets')) {
      if (before[key].text === after[key].text) continue;
      const [was, is] = [before, after].map((side) => filterOf(side, key, family, (name) => this.#set(name)));
      if (was === undefined || is === undefined) continue;
      for (const flow of yield* difference(was, is)) {
        first ??= flow;
        if (flow.witness.state === undefined || flow.witness.state === 'NEW') return flow;
      }
    }
    return first;
  }

  /**
   * The assertion about the one packet that shows a flow, if it holds now and would not under the change; null: no
   * assertion can notice it, as where only packets of connections that are there already fare otherwise.
   */
  *#smallest(
    { chain, family, witness, before }: Flow,
    group: string,
    side: PolicySide,
  ): Generator<void, JsonObject | null> {
    const peer = chain === 'INPUT' ? witness.src : witness.dst;
    const own = `group:${group}`;
    const doc: JsonObject = {
      name: `${chain === 'INPUT' ? `${peer} to ${group}` : `${group} to ${peer}`}, ${nameOfProtocol(witness.protocol)}${witness.dport === undefined ? '' : ` ${witness.dport}`}`,
      from: chain === 'INPUT' ? peer : own,
      to: chain === 'INPUT' ? own : peer,
      protocol: nameOfProtocol(witness.protocol),
      ...(witness.dport === undefined ? {} : { port: witness.dport }),
      ...(witness.icmpType === undefined ? {} : { icmp_type: witness.icmpType }),
      family,
      expect: isAccepted(before) ? 'accept' : 'refuse',
      mode: 'enforce',
    };
    const expectation = readExpectation(doc);
    if (typeof expectation === 'string') return null;
    const ends = yield* this.#judge.ends(expectation, this.#now);
    const [now, then] = [
      yield* this.#judge.evaluate(expectation, ends, this.#now),
      yield* this.#judge.evaluate(expectation, ends, side),
    ];
    return now.state === 'holds' && then.state === 'broken' ? doc : null;
  }
}
