import type { CompiledGroup } from '../firewall/policy/compile-group.js';
import { EMPTY_HASH } from '../firewall/hash/sha256.js';
import type { StoredRuleset } from '../model/stored-ruleset.js';

/** What hosts of groups get that are held at a revision, by the group's id. */
export type Pinned = ReadonlyMap<string, StoredRuleset>;

const NOT_LOOKED_AT = { text: '', hash: EMPTY_HASH };

const unpacked = new WeakMap<StoredRuleset, CompiledGroup>();

/** The texts with sets of a revision, as if they had just been compiled; they are unpacked once. */
function asCompiled(ruleset: StoredRuleset): CompiledGroup {
  const known = unpacked.get(ruleset);
  if (known !== undefined) return known;
  const { set4, set6 } = ruleset.texts;
  const made: CompiledGroup = {
    ok: true,
    set4: { text: set4.text, hash: set4.hash },
    set6: { text: set6.text, hash: set6.hash },
    unset4: NOT_LOOKED_AT,
    unset6: NOT_LOOKED_AT,
    sets: ruleset.sets,
    warnings: [],
  };
  unpacked.set(ruleset, made);
  return made;
}

/** What hosts get: the revision at which their group is held, else what policy compiles to. */
export function* shippedTo(
  groupId: string,
  pinned: Pinned,
  compile: (groupId: string) => Generator<void, CompiledGroup>,
): Generator<void, CompiledGroup> {
  const ruleset = pinned.get(groupId);
  if (ruleset === undefined) return yield* compile(groupId);
  const texts = asCompiled(ruleset);
  yield;
  return texts;
}
