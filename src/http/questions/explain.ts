import {
  caseJson,
  type CaseWords,
  type ConnectionQuery,
  connectionCases,
  type End,
  type Fleet,
  isOneHost,
  reachRows,
  resolveEnd,
  verdictOfAll,
} from '../../analysis/index.js';
import type { JsonObject } from '../../model/document.js';
import type { AskedThen } from '../../plan/past/past-questions.js';
import type { Asked } from '../../plan/fleet-questions.js';

/** Most cases, or rows, of one answer; `left_off` counts the others. */
const MOST_LISTED = 1000;

/** Both ends as texts, and what else is asked of connections. */
export interface Question {
  readonly from: string;
  readonly to: string;
  readonly query: ConnectionQuery;
}

/** Those listed, and how many are not. */
function bounded<Item>(items: readonly Item[]): { readonly listed: readonly Item[]; readonly leftOff: JsonObject } {
  const over = items.length - MOST_LISTED;
  return { listed: items.slice(0, MOST_LISTED), leftOff: over > 0 ? { left_off: over } : {} };
}

/** A question whose ends were looked up. */
interface Resolved {
  readonly fleet: Fleet;
  readonly words: CaseWords;
  readonly from: End;
  readonly to: End;
}

function* resolved({ from, to }: Question, { fleet, words }: Asked): Generator<void, Resolved> {
  return { fleet, words, from: yield* resolveEnd(from, 'from', fleet), to: yield* resolveEnd(to, 'to', fleet) };
}

/** Groups of the ends in which some hosts have newer rules than those that were looked at; absent: none. */
function ahead({ from, to }: Resolved, { hostsAhead }: Asked): JsonObject {
  const groups = new Set([...from.parts, ...to.parts].flatMap(({ owner }) => (owner === null ? [] : [owner.group])));
  const found = [...groups].map(hostsAhead).filter((one) => one !== undefined);
  return found.length === 0 ? {} : { ahead: found };
}

/** The answer to `POST /api/V2/explain`. */
export function* explanation(question: Question, asked: Asked): Generator<void, JsonObject> {
  const ends = yield* resolved(question, asked);
  return { ...(yield* explained(ends, question.query)), ...ahead(ends, asked) };
}

/** The same about a former time, with what had to be taken from now. */
export function* explanationThen(at: number, query: ConnectionQuery, asked: AskedThen): Generator<void, JsonObject> {
  const answer = yield* explained(asked, query);
  return { at, ...answer, taken_from_now: asked.takenFromNow() };
}

function* explained({ fleet, words, from, to }: Resolved, query: ConnectionQuery): Generator<void, JsonObject> {
  // A host reaches itself by its loopback interface, whichever of its addresses it uses.
  const asked = isOneHost(from, to, fleet) ? { in: 'lo', out: 'lo', ...query } : query;
  const cases = yield* connectionCases(from, to, asked, fleet);
  const { listed, leftOff } = bounded(cases);
  const json: JsonObject[] = [];
  for (const one of listed) {
    json.push(yield* caseJson(one, words));
    yield;
  }
  return { verdict: verdictOfAll(cases), cases: json, ...leftOff };
}

/** The answer to `POST /api/V2/reach`: `asked` is the end that the question is about. */
export function* reachAnswer(question: Question, end: 'from' | 'to', asked: Asked): Generator<void, JsonObject> {
  const ends = yield* resolved(question, asked);
  return { ...(yield* reached(ends, end, question.query)), ...ahead(ends, asked) };
}

/** The same about a former time, with what had to be taken from now. */
export function* reachThen(
  at: number,
  query: ConnectionQuery,
  end: 'from' | 'to',
  asked: AskedThen,
): Generator<void, JsonObject> {
  const answer = yield* reached(asked, end, query);
  return { at, ...answer, taken_from_now: asked.takenFromNow() };
}

function* reached(ends: Resolved, end: 'from' | 'to', query: ConnectionQuery): Generator<void, JsonObject> {
  const { fleet, words } = ends;
  const cases = yield* connectionCases(ends.from, ends.to, query, fleet);
  const { listed, leftOff } = bounded(yield* reachRows(cases, end, ends[end], words));
  return { rows: listed, ...leftOff };
}
