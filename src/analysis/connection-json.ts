import type { Family } from '../firewall/addresses/family.js';
import type { JsonObject } from '../model/document.js';
import type { AddressSet } from './address-set.js';
import type { ConnectionCase, Step } from './connection.js';
import { addressesJson } from './addresses-json.js';
import { packetJson, portsJson } from './flow-json.js';
import type { Decision, Verdict } from './verdict.js';

/** What only the asker knows. */
export interface CaseWords {
  /** Names of addresses. */
  names(addresses: AddressSet): Generator<void, readonly string[]>;
  /** Where a line of a group's ruleset came from; `lineNumber` null: the chain's policy. */
  source(group: string, family: Family, lineNumber: number | null): Generator<void, JsonObject | null>;
}

/** The step at one end: the line that decides, and where it came from; several that may, where it depends. */
function* decisionJson(
  group: string,
  { verdict, outcomes }: Decision,
  family: Family,
  words: CaseWords,
): Generator<void, JsonObject> {
  const [first, ...more] = outcomes;
  const known = first !== undefined && verdict !== 'unknown';
  const json = {
    verdict,
    line: first?.rule ?? null,
    line_number: first?.lineNumber ?? null,
    source: known ? yield* words.source(group, family, first.lineNumber) : null,
  };
  if (more.length === 0) return json;
  const all: JsonObject[] = [];
  for (const { verdict: one, rule, lineNumber } of outcomes) {
    const source = yield* words.source(group, family, lineNumber);
    all.push({ verdict: one, line: rule, line_number: lineNumber, source });
  }
  return { ...json, outcomes: all };
}

function* stepJson(step: Step, family: Family, words: CaseWords): Generator<void, JsonObject> {
  const { owner, chain, state, decision } = step;
  const where = { host: owner?.host ?? null, group: owner?.group ?? null, chain, state };
  if (owner === null || decision === null)
    return { ...where, verdict: 'unmanaged', line: null, line_number: null, source: null };
  return { ...where, ...(yield* decisionJson(owner.group, decision, family, words)) };
}

/** A case as `POST /api/V2/explain` shows it (docs/http-api.md#explain-and-reach). */
export function* caseJson(one: ConnectionCase, words: CaseWords): Generator<void, JsonObject> {
  const { family, verdict, box, witness } = one;
  const { chain: _chain, state: _state, ...packet } = packetJson(witness);
  const steps: JsonObject[] = [];
  for (const step of one.steps) steps.push(yield* stepJson(step, family, words));
  return {
    family,
    verdict,
    from: addressesJson(box.src, yield* words.names(box.src)),
    to: addressesJson(box.dst, yield* words.names(box.dst)),
    ...portsJson(box),
    witness: packet,
    steps,
  };
}

/** One verdict for all cases; `mixed` where they differ. */
export function verdictOfAll(cases: readonly ConnectionCase[]): Verdict | 'mixed' {
  const [first, ...more] = new Set(cases.map(({ verdict }) => verdict));
  return first === undefined || more.length > 0 ? 'mixed' : first;
}
