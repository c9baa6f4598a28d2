import {
  AnalysisError,
  type AddressSet,
  bindRuleset,
  difference,
  type Filter,
  type Flow,
  flowJson,
  flowKind,
  type FlowWords,
  readRuleset,
} from '../analysis/index.js';
import type { Family } from '../firewall/addresses/family.js';
import type { CompiledGroup } from '../firewall/policy/compile-group.js';
import type { JsonObject } from '../model/document.js';
import { variantsOfType } from '../model/ruleset-variants.js';
import type { GroupShipment } from './group-shipment.js';

type Compiled = CompiledGroup & { readonly ok: true };

/** What hosts of a group would do with packets otherwise than before; each flow has a packet that shows it. */
export interface GroupEffect extends JsonObject {
  readonly opens: readonly JsonObject[];
  readonly closes: readonly JsonObject[];
  readonly changes: readonly JsonObject[];
  /** Why it could not be worked out; null: it was. */
  readonly unclear: string | null;
}

/** The set of a name as it is before or after; undefined: there is none. */
export type LookUpSet = (name: string, side: 'before' | 'after') => AddressSet | undefined;

/** What addresses are called, and which rule a line of a group's text comes from. */
export interface EffectWords {
  names(addresses: AddressSet): Generator<void, readonly string[]>;
  /** `lineNumber` null: the chain's policy. */
  source(
    side: 'before' | 'after',
    groupId: string,
    line: { readonly family: Family; readonly text: string; readonly lineNumber: number | null },
  ): Generator<void, JsonObject>;
}

const NOTHING: GroupEffect = { opens: [], closes: [], changes: [], unclear: null };

/** The effect of each group that has texts before and after. Groups of the same texts share it. */
export function* groupEffects(
  groups: readonly GroupShipment[],
  lookUp: LookUpSet,
  words: EffectWords,
): Generator<void, ReadonlyMap<string, GroupEffect>> {
  const effects = new Map<string, GroupEffect>();
  const known = new Map<Compiled, Map<Compiled, GroupEffect>>();
  for (const { id, before, after } of groups) {
    // Where either is missing, hosts have no rules of ours yet, or keep those that they have.
    if (before?.ok !== true || after?.ok !== true) continue;
    const ofBefore = known.get(before) ?? new Map<Compiled, GroupEffect>();
    known.set(before, ofBefore);
    const effect = ofBefore.get(after) ?? (yield* effectOf(id, before, after, lookUp, words));
    ofBefore.set(after, effect);
    effects.set(id, effect);
    yield;
  }
  return effects;
}

function* effectOf(
  id: string,
  before: Compiled,
  after: Compiled,
  lookUp: LookUpSet,
  words: EffectWords,
): Generator<void, GroupEffect> {
  const found: Record<ReturnType<typeof flowKind>, JsonObject[]> = { opens: [], closes: [], changes: [] };
  try {
    for (const { key, family } of variantsOfType('ipsets')) {
      const was = filterOf(before, key, family, (name) => lookUp(name, 'before'));
      yield;
      const is = filterOf(after, key, family, (name) => lookUp(name, 'after'));
      yield;
      const texts = { before: before[key].text, after: after[key].text };
      for (const flow of yield* difference(was, is)) {
        const said = yield* wordsOf(flow, texts, id, words);
        found[flowKind(flow)].push(flowJson(flow, said));
        yield;
      }
    }
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    return { ...NOTHING, unclear: error.message };
  }
  return { ...found, unclear: null };
}

/** The words of one flow, found before it is shown. */
function* wordsOf(
  flow: Flow,
  texts: Readonly<Record<'before' | 'after', string>>,
  id: string,
  words: EffectWords,
): Generator<void, FlowWords> {
  const { family, box } = flow;
  const names = new Map<AddressSet, readonly string[]>();
  for (const addresses of [box.src, box.dst])
    if (!names.has(addresses)) names.set(addresses, yield* words.names(addresses));
  const sources = { before: yield* sourceOf('before'), after: yield* sourceOf('after') };
  return { names: (addresses) => names.get(addresses) ?? [], source: (side) => sources[side] };

  function* sourceOf(side: 'before' | 'after'): Generator<void, JsonObject> {
    const lineNumber = flow[side].outcomes[0]?.lineNumber ?? null;
    return yield* words.source(side, id, { family, text: texts[side], lineNumber });
  }
}

/** A text and the sets that it names, ready to be asked. @throws AnalysisError naming the line of a set that is missing */
export function filterOf(
  compiled: Compiled,
  key: 'set4' | 'set6' | 'unset4' | 'unset6',
  family: 'v4' | 'v6',
  lookUp: (name: string) => AddressSet | undefined,
): Filter {
  const sets = new Map<string, AddressSet>();
  for (const name of compiled.sets) {
    const set = lookUp(name);
    if (set !== undefined) sets.set(name, set);
  }
  return bindRuleset(readRuleset(compiled[key].text, family), sets);
}
