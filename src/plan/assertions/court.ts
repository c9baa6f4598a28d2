import type { CompiledGroup } from '../../firewall/policy/compile-group.js';
import type { Dialect } from '../../firewall/dialect.js';
import { textOf } from '../../model/text-of.js';
import type { Policy } from '../../firewall/policy/policy.js';
import { FilterBook } from '../filter-book.js';
import type { GroupShipment } from '../group-shipment.js';
import type { TableChange } from '../overlay-policy.js';
import { assess, type Judgements, type WantedJudgements } from './assess.js';
import { Judge } from './judge.js';
import type { PolicyFleet } from '../policy-fleet.js';
import { PolicySide, type SideParts } from './policy-side.js';

export const NO_JUDGEMENTS: Judgements = { assertions: [], guards: [] };

type CaseSide = Pick<SideParts, 'policy' | 'compile' | 'set'>;

/** A change of policy, both sides of it. */
export interface Case {
  readonly before: CaseSide;
  readonly after: CaseSide;
  readonly changes: readonly TableChange[];
  /** Groups that would get something else. */
  readonly groups: readonly GroupShipment[];
}

/** Judges assertions and guards, and keeps what it found for the next time. */
export class Court {
  readonly #judge = new Judge();
  readonly #dialect: Dialect;
  readonly #filters = new FilterBook();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  *judge(of: Case, wanted: WantedJudgements): Generator<void, Judgements> {
    if (wanted.assertions.length === 0 && wanted.guards.length === 0) return NO_JUDGEMENTS;
    const before = this.#side(of.before);
    if (of.changes.length === 0)
      return yield* assess(this.#judge, { before, after: before, changed: new Set(), arrived: new Map() }, wanted);
    const after = this.#side({ ...of.after, compile: (id) => whatStays(of, id) });
    return yield* assess(
      this.#judge,
      { before, after, changed: changedNames(of), arrived: arrivals(of.changes) },
      wanted,
    );
  }

  /** The fleet of a policy, for names of addresses: no rules are asked of it. */
  fleet(policy: Policy, set: CaseSide['set']): PolicyFleet {
    const compile: CaseSide['compile'] = () => {
      throw new Error('this fleet knows addresses only');
    };
    return this.#side({ policy, compile, set }).fleet;
  }

  #side(side: CaseSide): PolicySide {
    return new PolicySide({ ...side, dialect: this.#dialect, filters: this.#filters });
  }
}

/** Where nothing can be compiled any more, hosts keep what they have. */
function* whatStays({ before, after }: Case, id: string): Generator<void, CompiledGroup> {
  const compiled = yield* after.compile(id);
  if (compiled.ok || !before.policy.group.has(id)) return compiled;
  const last = yield* before.compile(id);
  return last.ok ? last : compiled;
}

/** Names of the groups that would get something else; of those that are renamed both. */
function changedNames({ before, groups }: Case): ReadonlySet<string> {
  return new Set(groups.flatMap(({ id, name }) => [name, textOf(before.policy.group.get(id)?.['name'] ?? name)]));
}

/** Which groups hosts leave, by the name of the one that they come to. */
function arrivals(changes: readonly TableChange[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { table, change } of changes) {
    const [was, is] = [textOf(change.before?.['group']), textOf(change.after?.['group'])];
    if (table !== 'host' || was === is || change.before?.['active'] !== 'active' || change.after === undefined)
      continue;
    found.set(is, (found.get(is) ?? new Set()).add(was));
  }
  return found;
}
