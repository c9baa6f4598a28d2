import { type CaseWords, type End, type Fleet, type Owner, resolveEnd } from '../../analysis/index.js';
import type { Family } from '../../firewall/addresses/family.js';
import { StoreError } from '../../store/store.js';
import { AddressNames } from '../address-names.js';
import type { Asked, FleetQuestions, QuestionOptions } from '../fleet-questions.js';
import type { LineSources } from '../line-sources.js';
import { type Holding, OF_GONE_HOSTS } from './holding.js';
import { PastBook, type PastBookNeeds } from './past-book.js';
import { PastFleet } from './past-fleet.js';

/** What a question about a former time is answered from. */
export interface AskedThen {
  readonly fleet: Fleet;
  readonly words: CaseWords;
  readonly from: End;
  readonly to: End;
  /** What was taken from the fleet of now so far, since history does not say it. */
  readonly takenFromNow: () => readonly string[];
}

/** The ends of a question, as texts, and its time, epoch seconds. */
export interface PastEnds {
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** Answers questions about what hosts let through at a former time. */
export interface PastQuestions {
  /** As `FleetQuestions.ask`, with what hosts held then. @throws StoreError, EndError */
  ask<Answer>(
    ends: PastEnds,
    work: (asked: AskedThen) => Generator<void, Answer>,
    options: QuestionOptions,
  ): Promise<Answer>;
}

/** How often hosts may turn out to be meant whose holdings were not read: policy changes meanwhile. */
const MOST_ROUNDS = 5;

/** Names and sources, in the words of a former time. */
class PastWords implements CaseWords {
  readonly #fleet: PastFleet;
  readonly #sources: LineSources;
  readonly #names: AddressNames;

  constructor(fleet: PastFleet, sources: LineSources) {
    this.#fleet = fleet;
    this.#sources = sources;
    this.#names = new AddressNames(() => fleet.named());
  }

  names: CaseWords['names'] = (addresses) => this.#names.of(addresses);

  *source({ group, holding = '' }: Owner, family: Family, lineNumber: number | null) {
    const text = this.#fleet.textRead(holding, family);
    return text === undefined ? null : yield* this.#sources.of(group, family, text, lineNumber);
  }

  held({ holding = '' }: Owner, family: Family) {
    return { ...this.#fleet.held(holding, family), ...(holding === OF_GONE_HOSTS.key ? { group: null } : {}) };
  }
}

type Round<Answer> = { readonly missing: readonly Holding[] } | { readonly answer: Answer };

function* round<Answer>(
  book: PastBook,
  ends: PastEnds,
  { fleet: now, policy, dialect, sources }: Asked,
  work: (asked: AskedThen) => Generator<void, Answer>,
): Generator<void, Round<Answer>> {
  const fleet = new PastFleet({ book, now, policy, dialect });
  const from = yield* resolveEnd(ends.from, 'from', fleet);
  const to = yield* resolveEnd(ends.to, 'to', fleet);
  const missing = fleet.missing([from, to]);
  if (missing.length > 0) return { missing };
  const words = new PastWords(fleet, sources);
  return { answer: yield* work({ fleet, words, from, to, takenFromNow: () => fleet.taken }) };
}

/** `now`: the fleet as it is, for what history does not say. */
export function pastQuestions(needs: PastBookNeeds, now: Pick<FleetQuestions, 'ask'>): PastQuestions {
  return {
    async ask(ends, work, options) {
      const book = await PastBook.open(needs, ends.at);
      for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
        const found = await now.ask((asked) => round(book, ends, asked, work), options);
        if ('answer' in found) return found.answer;
        await book.load(found.missing);
      }
      throw new StoreError('unavailable', 'policy changed each time before the question was answered');
    },
  };
}
