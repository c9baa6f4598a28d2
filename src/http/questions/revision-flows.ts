import {
  AnalysisError,
  type AddressSet,
  bindRuleset,
  difference,
  flowJson,
  flowKind,
  type Filter,
  readRuleset,
  setNamesOf,
} from '../../analysis/index.js';
import type { Family } from '../../firewall/addresses/family.js';
import type { JsonObject } from '../../model/document.js';
import { variantsOfType } from '../../model/ruleset-variants.js';
import type { StoredRuleset } from '../../model/stored-ruleset.js';
import type { Asked } from '../../plan/fleet-questions.js';

function* filterOf(text: string, family: Family, { fleet }: Asked): Generator<void, Filter> {
  const ruleset = readRuleset(text, family);
  yield;
  const sets = new Map<string, AddressSet>();
  for (const name of setNamesOf(ruleset)) {
    const set = yield* fleet.setOf(name);
    if (set !== undefined) sets.set(name, set);
  }
  return bindRuleset(ruleset, sets);
}

/**
 * What opens and closes from one revision of a group to another, with sets as they are now: what they held then is not
 * kept. `unclear`: why it can't be worked out, such as a set that is gone; null: it is.
 */
export function* revisionFlows(older: StoredRuleset, newer: StoredRuleset, asked: Asked): Generator<void, JsonObject> {
  const found: Record<ReturnType<typeof flowKind>, JsonObject[]> = { opens: [], closes: [], changes: [] };
  try {
    for (const { key, family } of variantsOfType('ipsets')) {
      const [before, after] = [older.texts[key].text, newer.texts[key].text];
      if (before === after) continue;
      const filters = [yield* filterOf(before, family, asked), yield* filterOf(after, family, asked)] as const;
      for (const flow of yield* difference(...filters)) {
        const names = new Map<AddressSet, readonly string[]>();
        for (const set of [flow.box.src, flow.box.dst]) names.set(set, yield* asked.words.names(set));
        found[flowKind(flow)].push(
          flowJson(flow, { names: (addresses) => names.get(addresses) ?? [], source: () => null }),
        );
        yield;
      }
    }
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    return { opens: [], closes: [], changes: [], unclear: error.message };
  }
  return { ...found, unclear: null };
}
