import {
  caseJson,
  type ConnectionQuery,
  connectionCases,
  type End,
  isOneHost,
  reachRows,
  resolveEnd,
  verdictOfAll,
} from '../../analysis/index.js';
import type { JsonObject } from '../../model/document.js';
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

/** The answer to `POST /api/V2/explain`. */
export function* explanation({ from, to, query }: Question, { fleet, words }: Asked): Generator<void, JsonObject> {
  const ends = [yield* resolveEnd(from, 'from', fleet), yield* resolveEnd(to, 'to', fleet)] as const;
  // A host reaches itself by its loopback interface, whichever of its addresses it uses.
  const asked = isOneHost(...ends, fleet) ? { in: 'lo', out: 'lo', ...query } : query;
  const cases = yield* connectionCases(...ends, asked, fleet);
  const { listed, leftOff } = bounded(cases);
  const json: JsonObject[] = [];
  for (const one of listed) {
    json.push(yield* caseJson(one, words));
    yield;
  }
  return { verdict: verdictOfAll(cases), cases: json, ...leftOff };
}

/** The answer to `POST /api/V2/reach`: `asked` is the end that the question is about. */
export function* reachAnswer(
  { from, to, query }: Question,
  asked: 'from' | 'to',
  { fleet, words }: Asked,
): Generator<void, JsonObject> {
  const ends: Readonly<Record<'from' | 'to', End>> = {
    from: yield* resolveEnd(from, 'from', fleet),
    to: yield* resolveEnd(to, 'to', fleet),
  };
  const cases = yield* connectionCases(ends.from, ends.to, query, fleet);
  const { listed, leftOff } = bounded(yield* reachRows(cases, asked, ends[asked], words));
  return { rows: listed, ...leftOff };
}
