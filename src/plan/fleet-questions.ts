import type { CaseWords, Owner } from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';
import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import type { SetProblem } from '../firewall/sets/build-set.js';
import { StoreError } from '../store/store.js';
import { Slices } from '../world/slices.js';
import type { World } from '../world/world.js';
import { AddressNames } from './address-names.js';
import { FilterBook, type ReadSet } from './filter-book.js';
import type { HostsAhead } from './hosts-ahead.js';
import { IdleBook } from './idle-book.js';
import { LineSources } from './line-sources.js';
import { PolicyFleet, type PolicyFleetNeeds } from './policy-fleet.js';

/** What a question is answered from. */
export interface Asked {
  readonly fleet: PolicyFleet;
  readonly words: CaseWords;
  readonly policy: Policy;
  readonly dialect: Dialect;
  readonly sources: LineSources;
  /** Kept from one question to the next. */
  readonly idle: IdleBook;
  /** What is wrong with sets as they were published; undefined: they have not been yet. */
  readonly setProblems: () => readonly SetProblem[] | undefined;
  /** Of a group, by name; undefined: all of its hosts have what is told of it. */
  readonly hostsAhead: (group: string) => HostsAhead | undefined;
}

export interface QuestionOptions {
  /** `long`: about a whole fleet; it does not keep others waiting that are about few hosts. */
  readonly kind: 'short' | 'long';
  /** Looked at between steps: what it gives is thrown. */
  readonly stop?: () => Error | undefined;
}

/** Answers questions about what hosts let through, a slice at a time. */
export interface FleetQuestions {
  /**
   * As the fleet is of one moment: begun anew when policy changes meanwhile, or sets are published.
   * @throws StoreError `unavailable` where policy is not loaded, too many wait, or policy never stands still
   */
  ask<Answer>(work: (asked: Asked) => Generator<void, Answer>, options: QuestionOptions): Promise<Answer>;
}

export interface FleetQuestionsNeeds {
  readonly world: Pick<World, 'policy' | 'version' | 'ready' | 'missing'>;
  readonly dialect: Dialect;
  /** What hosts of a group (by id) have or get. */
  readonly text: PolicyFleetNeeds['text'];
  readonly set: ReadSet;
  readonly sets: NonNullable<PolicyFleetNeeds['sets']>;
  readonly setProblems: Asked['setProblems'];
  readonly hostsAhead: Asked['hostsAhead'];
}

/** Questions of one kind that may wait for others. */
const MOST_WAITING = 16;
/** How often policy may change while a question is answered. */
const MOST_DISTURBED = 5;

/** Names and sources, in the words of a policy. */
export class FleetWords implements CaseWords {
  readonly #fleet: PolicyFleet;
  readonly #names: AddressNames;
  readonly #sources: LineSources;

  constructor(fleet: PolicyFleet, sources: LineSources) {
    this.#fleet = fleet;
    this.#names = new AddressNames(() => fleet.named());
    this.#sources = sources;
  }

  names: CaseWords['names'] = (addresses) => this.#names.of(addresses);

  *source({ group }: Owner, family: Family, lineNumber: number | null) {
    const text = this.#fleet.textRead(group, family);
    return text === undefined ? null : yield* this.#sources.of(group, family, text, lineNumber);
  }
}

/** A question that may be stopped between its steps. */
function* stoppable<Answer>(work: Generator<void, Answer>, stop: () => Error | undefined): Generator<void, Answer> {
  for (;;) {
    const reason = stop();
    if (reason !== undefined) throw reason;
    const step = work.next();
    if (step.done === true) return step.value;
    yield;
  }
}

export function fleetQuestions(needs: FleetQuestionsNeeds): FleetQuestions {
  const { world, dialect, text, set, sets, setProblems, hostsAhead } = needs;
  const filters = new FilterBook();
  const idle = new IdleBook();
  const lanes = {
    short: { slices: new Slices(), waiting: 0 },
    long: { slices: new Slices(), waiting: 0 },
  };
  return {
    async ask(work, { kind, stop = () => undefined }) {
      if (!world.ready) throw new StoreError('unavailable', `policy is not loaded yet: ${world.missing.join(', ')}`);
      const lane = lanes[kind];
      if (lane.waiting >= MOST_WAITING)
        throw new StoreError('unavailable', `${MOST_WAITING} questions of this kind wait already`);
      lane.waiting += 1;
      try {
        for (let disturbed = 0; disturbed <= MOST_DISTURBED; disturbed += 1) {
          const { version, policy } = world;
          const contents = sets();
          const fleet = new PolicyFleet({ policy, dialect, filters, text, set, sets });
          const sources = new LineSources(policy, dialect);
          const asked = {
            fleet,
            words: new FleetWords(fleet, sources),
            policy,
            dialect,
            sources,
            idle,
            setProblems,
            hostsAhead,
          };
          const answer = await lane.slices.run(stoppable(work(asked), stop));
          if (world.version === version && sets() === contents) return answer;
        }
      } finally {
        lane.waiting -= 1;
      }
      throw new StoreError('unavailable', 'policy changed each time before the question was answered');
    },
  };
}
