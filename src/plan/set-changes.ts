import type { Dialect } from '../firewall/dialect.js';
import type { Policy } from '../firewall/policy/policy.js';
import { wantedByName } from '../firewall/policy/wanted-by-name.js';
import type { BuiltSet, SetProblem } from '../firewall/sets/build-set.js';
import { type Contents, sameList, sameSet } from './same-set.js';
import type { SetLook } from './set-look.js';

/** A set that would be published otherwise; `undefined`: there is none of that name. */
export interface SetShipment {
  /** As rules name it, such as `web_gv4`. */
  readonly name: string;
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
  /** What is wrong with it afterwards. */
  readonly problems: readonly SetProblem[];
}

/** Addresses that are compared between two pauses. */
const A_STEP = 1 << 16;

const NOTHING: BuiltSet = { problems: [] };

/** Which sets would differ under another policy, in order of their names; only those are made, with pauses. */
export function* setChanges(
  before: Policy,
  after: Policy,
  { dialect, contents, look }: { readonly dialect: Dialect; readonly contents: Contents; readonly look: SetLook },
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
    const then = was && (yield* look.built(name, was, lastGood)).rendered?.addresses;
    yield;
    const { rendered, problems } = is === undefined ? NOTHING : yield* look.built(name, is, lastGood);
    yield;
    const now = rendered?.addresses;
    if (then !== undefined && now !== undefined && sameList(then, now)) continue;
    if (then === undefined && now === undefined) continue;
    found.push({ name, before: then, after: now, problems });
  }
  return found;
}
