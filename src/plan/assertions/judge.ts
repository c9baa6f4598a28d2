import { createHash } from 'node:crypto';
import {
  AnalysisError,
  checkExpectation,
  type ConnectionCase,
  connectionCases,
  type ConnectionQuery,
  type End,
  EndError,
  type EndPart,
  isEmptyEnd,
  packetJson,
} from '../../analysis/index.js';
import type { Family } from '../../firewall/addresses/family.js';
import type { JsonObject } from '../../model/document.js';
import { digestOf } from './digest-of.js';
import type { ExpectedConnections, Expectation } from './expectation.js';
import { partKey, type PolicySide } from './policy-side.js';

/** Whether what an assertion expects is so; `unknown`: it can't be told. */
export type State = 'holds' | 'broken' | 'unknown';

/** What an expectation comes to, a packet that shows it where it is broken, or why it can't be told. */
export interface Outcome {
  readonly state: State;
  readonly witness: JsonObject | null;
  readonly reason: string | null;
}

const HOLDS: Outcome = { state: 'holds', witness: null, reason: null };

function unknown(reason: string): Outcome {
  return { state: 'unknown', witness: null, reason };
}

/** Two ends as one policy has them, or why there are none. */
export type Ends = { readonly from: End; readonly to: End } | { readonly missing: string };

/** Pairs of parts of two ends that are looked at for one expectation. */
const MOST_PAIRS = 20_000;
/** Outcomes that are kept; an entry takes about 200 bytes. */
const MOST_KEPT = 100_000;

const FAMILIES: readonly Family[] = ['v4', 'v6'];

/**
 * Evaluates expectations of connections. What it found of two ends is used again as long as their rules, the sets that
 * these name, and their addresses are the same, whatever else changes.
 */
export class Judge {
  readonly #kept = new Map<string, Outcome>();

  /** The ends of an expectation under a policy. */
  *ends({ from, to }: Pick<Expectation, 'from' | 'to'>, side: PolicySide): Generator<void, Ends> {
    const ends = [yield* side.end(from, 'from'), yield* side.end(to, 'to')] as const;
    for (const end of ends) if (end instanceof EndError) return { missing: end.message };
    return { from: ends[0] as End, to: ends[1] as End };
  }

  /** What an expectation comes to under a policy; all pairs of parts, up to the first that breaks it. */
  *evaluate(wanted: ExpectedConnections, ends: Ends, side: PolicySide): Generator<void, Outcome> {
    const doubt = doubtOf(wanted, ends);
    if (doubt !== undefined) return doubt;
    let outcome = HOLDS;
    for (const [from, to] of pairsOf(ends)) {
      const found = yield* this.pair(wanted, from, to, side);
      if (found.state === 'broken') return found;
      if (found.state === 'unknown') outcome = found;
    }
    return outcome;
  }

  /**
   * What an expectation comes to after a change, if the change may have broken it: undefined where every pair of parts
   * that is otherwise than before holds. Pairs are otherwise where addresses are, or rules of the groups `changed`.
   */
  *brokenBy(
    wanted: ExpectedConnections,
    sides: { readonly before: Ends; readonly after: Ends },
    after: PolicySide,
    changed: ReadonlySet<string>,
  ): Generator<void, Outcome | undefined> {
    const { before, after: now } = sides;
    const doubt = doubtOf(wanted, now);
    if ('missing' in now || doubt !== undefined) return doubt?.state === 'unknown' ? doubt : undefined;
    const known = 'missing' in before ? NO_ENDS : before;
    // The same objects: only rules of groups can be otherwise.
    const still = known.from === now.from && known.to === now.to;
    if (still && !touches(now.from, changed) && !touches(now.to, changed)) return undefined;
    const sameFrom = sameParts(known.from, changed);
    const sameTo = sameParts(known.to, changed);
    let outcome: Outcome | undefined;
    for (const [from, to] of pairsOf(now)) {
      if ((yield* sameFrom(from[0])) && (yield* sameTo(to[0]))) continue;
      const found = yield* this.pair(wanted, from, to, after);
      if (found.state === 'broken') return found;
      if (found.state === 'unknown') outcome = found;
    }
    return outcome;
  }

  /** One pair of parts: those of one owner each. */
  *pair(
    wanted: ExpectedConnections,
    [from, fromText]: NamedPart,
    [to, toText]: NamedPart,
    side: PolicySide,
  ): Generator<void, Outcome> {
    const families = FAMILIES.filter(
      (family) =>
        (wanted.family ?? family) === family &&
        from.addresses[family].bounds.length > 0 &&
        to.addresses[family].bounds.length > 0,
    );
    if (families.length === 0) return HOLDS;
    const keys = [JSON.stringify(wanted)];
    const asked: EndPart[] = [];
    try {
      for (const [part, text] of [
        [from, fromText],
        [to, toText],
      ] as const) {
        const { owner, addresses } = part;
        const shipped = owner === null ? undefined : yield* side.shipped(owner.group);
        if (shipped !== undefined && 'nothing' in shipped && isOwn(text)) return unknown(shipped.nothing);
        // Hosts without rules of ours, among others that an end takes in, are like those that are not ours.
        const known = shipped !== undefined && 'key' in shipped;
        asked.push(known ? part : { owner: null, addresses });
        keys.push(known ? `${owner?.group} ${owner?.host} ${shipped.key}` : '');
        for (const family of families) keys.push(yield* digestOf(addresses[family]));
      }
      // Packets from a host to itself are not meant: who has which address counts.
      const [one, other] = [from.owner?.group, to.owner?.group];
      if (one !== undefined && one === other) keys.push(side.fleet.owners(one).key);
      const key = createHash('sha256').update(keys.join('\n')).digest('base64');
      const kept = this.#kept.get(key);
      if (kept !== undefined) return yield* withSources(kept, side);
      const outcome = yield* this.#decide(wanted, families, asked, side);
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(key, outcome);
      return yield* withSources(outcome, side);
    } catch (error) {
      if (error instanceof AnalysisError) return unknown(error.message);
      throw error;
    }
  }

  *#decide(
    wanted: ExpectedConnections,
    families: readonly Family[],
    parts: readonly EndPart[],
    side: PolicySide,
  ): Generator<void, Outcome> {
    const { expect, ...query } = wanted;
    const ends = parts.map((part): End => ({ text: '', parts: [part] })) as [End, End];
    for (const family of families) {
      // A host that connects to itself needs no rule for it; that nobody comes in holds of whoever says to be the host, too.
      const asked: ConnectionQuery = { ...query, family, betweenHosts: expect === 'accept' };
      const cases = yield* connectionCases(...ends, asked, side.fleet);
      const { witness } = checkExpectation(cases, expect);
      if (witness !== null) return { state: 'broken', witness: witnessJson(witness, side), reason: null };
    }
    return HOLDS;
  }
}

type NamedPart = readonly [part: EndPart, text: string];

const NO_ENDS = { from: { text: '', parts: [] }, to: { text: '', parts: [] } };

/** Whether an end names hosts of ours, so that nothing can be said where they have no rules of ours. */
function isOwn(text: string): boolean {
  return /^(host|group):/.test(text);
}

function* pairsOf(ends: Ends): Generator<readonly [NamedPart, NamedPart]> {
  if ('missing' in ends) return;
  for (const from of ends.from.parts)
    for (const to of ends.to.parts)
      yield [
        [from, ends.from.text],
        [to, ends.to.text],
      ];
}

/** What can be said of two ends without looking at any rule; undefined: nothing. */
function doubtOf({ expect, family }: ExpectedConnections, ends: Ends): Outcome | undefined {
  if ('missing' in ends) return unknown(ends.missing);
  const { from, to } = ends;
  if (from.parts.length * to.parts.length > MOST_PAIRS)
    return unknown(`from and to have hosts of ${from.parts.length} and ${to.parts.length} groups: give narrower ends`);
  if (isEmptyEnd(to, family))
    return family === undefined || isEmptyEnd(to) ? nothingIn('to', to) : noFamily(to, family);
  // Where nobody may connect any more, what must be accepted is not: an emptied zone of operators locks them out.
  if (isEmptyEnd(from, family)) {
    const nothing = nothingIn('from', from);
    return expect === 'refuse' ? nothing : { ...nothing, state: 'unknown' };
  }
  const meet = FAMILIES.some((one) => (family ?? one) === one && !isEmptyEnd(from, one) && !isEmptyEnd(to, one));
  if (!meet) return expect === 'refuse' ? HOLDS : unknown(`${from.text} and ${to.text} have no family in common`);
  return undefined;
}

/** It holds, for there is nothing that could break it; people shall see that. */
function nothingIn(field: string, { text }: End): Outcome {
  return { ...HOLDS, reason: `${field}: ${text} has no address` };
}

function noFamily(end: End, family: Family): Outcome {
  return unknown(`${end.text} has no address of the family ${family}`);
}

function touches({ parts }: End, changed: ReadonlySet<string>): boolean {
  return changed.size > 0 && parts.some(({ owner }) => owner !== null && changed.has(owner.group));
}

/** Tells parts that are as they were in `end`, and whose rules did not change. */
export function sameParts(end: End, changed: ReadonlySet<string>): (part: EndPart) => Generator<void, boolean> {
  const same = new Set(end.parts);
  let keys: Set<string> | undefined;
  return function* (part) {
    if (part.owner !== null && changed.has(part.owner.group)) return false;
    if (same.has(part)) return true;
    if (keys === undefined) {
      const made = new Set<string>();
      for (const one of end.parts) made.add(yield* partKey(one));
      keys = made;
    }
    return keys.has(yield* partKey(part));
  };
}

/**
 * An outcome whose packet says which rule each line that decides comes from. That is looked up each time: two rulesets
 * may make the same text.
 */
function* withSources(outcome: Outcome, side: PolicySide): Generator<void, Outcome> {
  const { witness } = outcome;
  if (witness === null) return outcome;
  const family = witness['family'] as Family;
  const steps: JsonObject[] = [];
  for (const step of witness['steps'] as readonly JsonObject[]) {
    const decided = step['verdict'] !== 'unmanaged' && step['verdict'] !== 'unknown';
    const [group, line] = [step['group'] as string, step['line_number'] as number | null];
    steps.push({ ...step, source: decided ? yield* side.source(group, family, line) : null });
  }
  return { ...outcome, witness: { ...witness, steps } };
}

/** The packet that breaks an expectation, and where it is decided. */
function witnessJson({ family, verdict, witness, steps }: ConnectionCase, side: PolicySide): JsonObject {
  const { chain: _chain, state: _state, ...packet } = packetJson(witness) as { readonly [key: string]: string };
  return {
    family,
    verdict,
    ...packet,
    steps: steps.map(({ owner, chain, state, decision }) => {
      const address = (chain === 'OUTPUT') === (state !== 'ESTABLISHED') ? witness.src : witness.dst;
      return {
        host: owner === null ? null : (owner.host ?? side.hostWith(owner.group, address) ?? null),
        group: owner?.group ?? null,
        chain,
        state,
        verdict: decision?.verdict ?? 'unmanaged',
        line: decision?.outcomes[0]?.rule ?? null,
        line_number: decision?.outcomes[0]?.lineNumber ?? null,
      };
    }),
  };
}
