import type { Json, JsonObject } from '../../../../model/document.js';
import { sameJson } from '../../../../model/same-json.js';

/** A field that two changed at once, or one of them; absent values are undefined. */
export interface MergedField {
  readonly field: string;
  readonly state: 'theirs' | 'mine' | 'both' | 'conflict';
  readonly base: Json | undefined;
  readonly theirs: Json | undefined;
  readonly mine: Json | undefined;
}

export interface FieldMerge {
  /** With mine where both changed a field otherwise. */
  readonly merged: JsonObject;
  /** Fields that are not as they were, in the order of the alphabet. */
  readonly changed: readonly MergedField[];
  readonly conflicts: readonly string[];
}

/** Merges what two people made of one document, field by field. */
export function mergeFields(base: JsonObject, theirs: JsonObject, mine: JsonObject): FieldMerge {
  const keys = [...new Set([base, theirs, mine].flatMap((doc) => Object.keys(doc)))].sort();
  const changed = keys.flatMap((field): readonly MergedField[] => {
    const values = { base: base[field], theirs: theirs[field], mine: mine[field] };
    const state = stateOf(values);
    return state === undefined ? [] : [{ field, state, ...values }];
  });
  const merged = new Map<string, Json>();
  for (const field of keys) {
    const value = changed.find((one) => one.field === field)?.state === 'theirs' ? theirs[field] : mine[field];
    if (value !== undefined) merged.set(field, value);
  }
  return {
    merged: Object.fromEntries(merged),
    changed,
    conflicts: changed.filter(({ state }) => state === 'conflict').map(({ field }) => field),
  };
}

function stateOf({ base, theirs, mine }: Omit<MergedField, 'field' | 'state'>): MergedField['state'] | undefined {
  const [byThem, byMe] = [!sameJson(base, theirs), !sameJson(base, mine)];
  if (byThem && byMe) return sameJson(theirs, mine) ? 'both' : 'conflict';
  if (byThem) return 'theirs';
  return byMe ? 'mine' : undefined;
}
