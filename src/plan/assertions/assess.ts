import { type End, EndError, type FleetGroup } from '../../analysis/index.js';
import type { Document, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { digestOf } from './digest-of.js';
import { type ExpectedConnections, readExpectation } from './expectation.js';
import type { Guard } from './guard.js';
import { type Ends, type Judge, type Outcome, sameParts, type State } from './judge.js';
import type { PolicySide } from './policy-side.js';

/** An assertion, or a guard for one group, before and after a change. */
export interface Judgement {
  readonly id: string;
  readonly name: string;
  /** Guards are enforced. */
  readonly mode: 'enforce' | 'warn';
  readonly before: State;
  readonly after: State;
  /** A packet that shows that it is broken afterwards; null: it is not. */
  readonly witness: JsonObject | null;
  /** Why it can't be told afterwards; null: it can. */
  readonly reason: string | null;
}

/** Of a guard: the group whose hosts it is about. */
export interface GuardJudgement extends Judgement {
  readonly guard: string;
  readonly group: string;
}

/** What is to be judged. */
export interface WantedJudgements {
  /** As they are stored afterwards. */
  readonly assertions: readonly Document[];
  readonly guards: readonly Guard[];
  /**
   * `turned`: only what a change turns for the worse. `touched`: all assertions, and guards of groups that a change
   * touches. `all`: everything.
   */
  readonly which: 'turned' | 'touched' | 'all';
}

export interface Judgements {
  readonly assertions: readonly Judgement[];
  readonly guards: readonly GuardJudgement[];
}

/** Policy before and after a change. */
export interface Compared {
  readonly before: PolicySide;
  readonly after: PolicySide;
  /** Names of the groups whose rules are others, or name sets that are. */
  readonly changed: ReadonlySet<string>;
  /** Which groups the hosts come from that are in a group since the change, by its name. */
  readonly arrived: ReadonlyMap<string, ReadonlySet<string>>;
}

const NEVER: Outcome = { state: 'unknown', witness: null, reason: null };

/**
 * Whether a write must not do this without a reason: it breaks what held, or nobody can tell any more whether it does. A
 * guard of a group that was broken refuses nothing: it is nobody's promise.
 */
export function isRefused(judgement: Judgement | GuardJudgement): boolean {
  const { mode, before, after } = judgement;
  if (mode !== 'enforce' || after === 'holds') return false;
  return before === 'holds' || (before === 'broken' && after === 'unknown' && !('guard' in judgement));
}

/** Judges assertions and guards before and after a change. */
export function* assess(judge: Judge, compared: Compared, wanted: WantedJudgements): Generator<void, Judgements> {
  const assertions: Judgement[] = [];
  for (const doc of wanted.assertions) {
    const found = yield* judgeAssertion(judge, compared, doc, wanted.which);
    if (found !== undefined) assertions.push(found);
    yield;
  }
  const guards: GuardJudgement[] = [];
  for (const guard of wanted.guards) guards.push(...(yield* judgeGuard(judge, compared, guard, wanted.which)));
  return { assertions, guards };
}

function* judgeAssertion(
  judge: Judge,
  { before, after, changed }: Compared,
  doc: Document,
  which: WantedJudgements['which'],
): Generator<void, Judgement | undefined> {
  const head = { id: doc.id, name: textOf(doc['name']), mode: doc['mode'] === 'warn' ? 'warn' : 'enforce' } as const;
  const expectation = readExpectation(doc);
  if (typeof expectation === 'string')
    return which === 'turned'
      ? undefined
      : { ...head, before: 'unknown', after: 'unknown', witness: null, reason: expectation };
  const { from: _from, to: _to, ...connections } = expectation;
  const ends = { before: yield* judge.ends(expectation, before), after: NO_ENDS };
  ends.after = before === after ? ends.before : yield* judge.ends(expectation, after);
  if (which === 'turned') {
    const now = yield* judge.brokenBy(connections, ends, after, changed);
    if (now === undefined) return undefined;
    return judgement(head, yield* judge.evaluate(connections, ends.before, before), now);
  }
  const then = yield* judge.evaluate(connections, ends.before, before);
  return judgement(head, then, before === after ? then : yield* judge.evaluate(connections, ends.after, after));
}

const NO_ENDS: Ends = { missing: '' };

function judgement<Head>(head: Head, then: Outcome, { state, witness, reason }: Outcome) {
  return { ...head, before: then.state, after: state, witness, reason };
}

/** A guard is judged group by group: one group that never let ssh in must not hide another one that no longer does. */
function* judgeGuard(
  judge: Judge,
  { before, after, changed, arrived }: Compared,
  guard: Guard,
  which: WantedJudgements['which'],
): Generator<void, readonly GuardJudgement[]> {
  const farBefore = yield* farEnd(guard, before);
  const far = { before: farBefore, after: before === after ? farBefore : yield* farEnd(guard, after) };
  const groupsBefore = new Map((yield* before.fleet.groups()).map((group) => [group.name, group]));
  const connections: ExpectedConnections = { protocol: guard.protocol, port: guard.port, expect: 'accept' };
  const farMoved = before !== after && !(yield* isSameEnd(far.before, far.after, changed));
  const stateBefore = function* (name: string): Generator<void, Outcome> {
    const group = groupsBefore.get(name);
    return group === undefined ? NEVER : yield* judge.evaluate(connections, endsOf(guard, far.before, group), before);
  };
  const found: GuardJudgement[] = [];
  for (const group of yield* after.fleet.groups()) {
    const { name } = group;
    const was = groupsBefore.get(name);
    const isTouched = farMoved || changed.has(name) || was === undefined || !(yield* sameHosts(was, group));
    yield;
    if (which !== 'all' && !isTouched) continue;
    const ends = {
      before: was === undefined ? NO_ENDS : endsOf(guard, far.before, was),
      after: endsOf(guard, far.after, group),
    };
    const head = {
      id: `${guard.id} group:${name}`,
      name: `${guard.name}, group ${name}`,
      mode: 'enforce' as const,
      guard: guard.id,
      group: name,
    };
    const mayBeBroken = which === 'all' ? undefined : yield* judge.brokenBy(connections, ends, after, changed);
    if (mayBeBroken === undefined && which === 'turned') continue;
    const now = mayBeBroken ?? (yield* judge.evaluate(connections, ends.after, after));
    let then = yield* stateBefore(name);
    // Hosts that could be reached in the group that they leave must be in the one that they come to.
    for (const other of now.state === 'broken' ? (arrived.get(name) ?? []) : [])
      if (then.state !== 'holds') then = better(then, yield* stateBefore(other));
    found.push(judgement(head, then, now));
  }
  return found;
}

function better(one: Outcome, other: Outcome): Outcome {
  return other.state === 'holds' ? other : one;
}

function* isSameEnd(one: End | string, other: End | string, changed: ReadonlySet<string>): Generator<void, boolean> {
  if (one === other && (typeof one === 'string' || changed.size === 0)) return true;
  if (typeof one === 'string' || typeof other === 'string') return false;
  if (one.parts.length !== other.parts.length) return false;
  const isSame = sameParts(one, changed);
  for (const part of other.parts) if (!(yield* isSame(part))) return false;
  return true;
}

function* sameHosts(one: FleetGroup, other: FleetGroup): Generator<void, boolean> {
  if (one === other) return true;
  for (const family of ['v4', 'v6'] as const)
    if ((yield* digestOf(one.hosts[family])) !== (yield* digestOf(other.hosts[family]))) return false;
  return true;
}

function* farEnd({ end }: Guard, side: PolicySide): Generator<void, End | string> {
  const found = yield* side.end(end, 'guard');
  return found instanceof EndError ? found.message : found;
}

function endsOf({ way }: Guard, far: End | string, { name, hosts }: FleetGroup): Ends {
  if (typeof far === 'string') return { missing: far };
  const own: End = {
    text: `group:${name}`,
    parts: [{ owner: { group: name, host: null }, addresses: hosts }],
  };
  return way === 'to hosts' ? { from: far, to: own } : { from: own, to: far };
}
