import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import { wantedByName } from '../firewall/policy/wanted-by-name.js';
import { buildSetInSteps, type BuiltSet, type SetProblem, type WantedSet } from '../firewall/sets/build-set.js';

/** A set that would be published otherwise; `undefined`: there is none of that name. */
export interface SetShipment {
  /** As rules name it, such as `web_gv4`. */
  readonly name: string;
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
  /** What is wrong with it afterwards. */
  readonly problems: readonly SetProblem[];
}

/** The addresses that sets have now, by full name: what stands in where a set can't be made. */
export type Contents = ReadonlyMap<string, readonly string[]>;

/** Addresses that are compared between two pauses. */
const A_STEP = 1 << 16;

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((address, index) => address === b[index]));
}

/** Whether two sets hold the same for the same reasons. */
export function sameSet(a: WantedSet, b: WantedSet): boolean {
  return (
    a.order === b.order &&
    a.unreadable === b.unreadable &&
    a.incomplete === b.incomplete &&
    sameList(a.addresses, b.addresses)
  );
}

function* built(
  set: WantedSet | undefined,
  dialect: Dialect,
  lastGood: readonly string[] | undefined,
): Generator<void, BuiltSet> {
  return set === undefined ? { problems: [] } : yield* buildSetInSteps(set, dialect, lastGood);
}

/** Which sets would differ under another policy, in order of their names; only those are made, with pauses. */
export function* setChanges(
  before: Policy,
  after: Policy,
  { dialect, contents }: { readonly dialect: Dialect; readonly contents: Contents },
): Generator<void, readonly SetShipment[]> {
  const old = yield* wantedByName(before, dialect);
  yield;
  const wanted = yield* wantedByName(after, dialect);
  yield;
  const names = new Set([...old.keys(), ...wanted.keys()]);
  const found: SetShipment[] = [];
  let compared = 0;
  for (const name of [...names].sort()) {
    const [was, is] = [old.get(name), wanted.get(name)];
    compared += 1 + (was?.addresses.length ?? 0);
    if (compared >= A_STEP) {
      compared = 0;
      yield;
    }
    if (was !== undefined && is !== undefined && sameSet(was, is)) continue;
    const lastGood = contents.get(name);
    const then = (yield* built(was, dialect, lastGood)).rendered?.addresses;
    yield;
    const { rendered, problems } = yield* built(is, dialect, lastGood);
    yield;
    const now = rendered?.addresses;
    if (then !== undefined && now !== undefined && sameList(then, now)) continue;
    if (then === undefined && now === undefined) continue;
    found.push({ name, before: then, after: now, problems });
  }
  return found;
}
