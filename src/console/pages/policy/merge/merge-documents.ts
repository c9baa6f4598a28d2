import type { Json, JsonObject } from '../../../../model/document.js';
import type { DraftResource } from '../../../draft/draft-entry.js';
import { listsOf, type RuleLists } from '../rules/rule-lists.js';
import { mergeFields, type FieldMerge, type MergedField } from './merge-fields.js';
import { mergeRules, openRules, resolvedRules, type RuleMerge, type Side } from './merge-rules.js';

/** What two people made of one document: field by field, and of a ruleset rule by rule. */
export interface DocumentMerge {
  readonly fields: FieldMerge;
  /** Fields that a person may care about. */
  readonly shown: readonly MergedField[];
  /** Undefined: it has no rules. */
  readonly inbound?: RuleMerge;
  readonly outbound?: RuleMerge;
}

/** What was chosen: sides by `field:NAME`, `inbound:KEY`, `outbound:KEY`, and `order:inbound`. */
export type Choices = ReadonlyMap<string, Side>;

/** What the server itself writes into rows of groups, and nobody edits. */
const OWN = /^(hash[46]_|ipset_hash$|created$)/;

export function mergeDocuments(
  resource: DraftResource,
  { base, theirs, mine }: { readonly base: JsonObject; readonly theirs: JsonObject; readonly mine: JsonObject },
  choices: Choices,
): DocumentMerge {
  const hasRules = resource === 'ruleset';
  const rest = (doc: JsonObject) => (hasRules ? without(doc, 'rules') : doc);
  const fields = mergeFields(rest(base), rest(theirs), rest(mine));
  const shown = fields.changed.filter(({ field }) => !OWN.test(field));
  if (!hasRules) return { fields, shown };
  const lists = [base, theirs, mine].map((doc) => listsOf(doc['rules'])) as [RuleLists, RuleLists, RuleLists];
  const merged = (direction: 'inbound' | 'outbound') => {
    const [was, their, my] = lists;
    return mergeRules(was[direction], their[direction], my[direction], choices.get(`order:${direction}`) ?? 'mine');
  };
  return { fields, shown, inbound: merged('inbound'), outbound: merged('outbound') };
}

function without(doc: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(doc).filter(([name]) => name !== key));
}

/** What has to be chosen yet, by the keys of choices. */
export function openChoices(merge: DocumentMerge, choices: Choices): readonly string[] {
  const fields = merge.fields.conflicts.filter((field) => !OWN.test(field)).map((field) => `field:${field}`);
  const lists = (['inbound', 'outbound'] as const).flatMap((direction) => {
    const list = merge[direction];
    if (list === undefined) return [];
    const open = openRules(list, ofList(direction, choices)).map((key) => `${direction}:${key}`);
    return list.order === 'conflict' ? [`order:${direction}`, ...open] : open;
  });
  return [...fields, ...lists].filter((key) => !choices.has(key));
}

function ofList(direction: string, choices: Choices): Choices {
  const prefix = `${direction}:`;
  return new Map(
    [...choices].flatMap(([key, side]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), side]] : [])),
  );
}

/** The document that comes of it. */
export function resolvedDocument(merge: DocumentMerge, choices: Choices): JsonObject {
  const doc = new Map<string, Json>(Object.entries(merge.fields.merged));
  for (const one of merge.fields.changed) {
    const side = choices.get(`field:${one.field}`) ?? (OWN.test(one.field) ? 'theirs' : undefined);
    if (side === undefined) continue;
    const value = one[side];
    if (value === undefined) doc.delete(one.field);
    else doc.set(one.field, value);
  }
  const { inbound, outbound } = merge;
  if (inbound !== undefined && outbound !== undefined)
    doc.set('rules', {
      inbound: resolvedRules(inbound, ofList('inbound', choices)),
      outbound: resolvedRules(outbound, ofList('outbound', choices)),
    });
  return Object.fromEntries(doc);
}

/** Whether somebody else changed nothing that a person cares about: then there is nothing to look at. */
export function isQuiet({ shown, inbound, outbound }: DocumentMerge): boolean {
  const byThem = (state: string) => state !== 'same' && state !== 'mine';
  const lists = [inbound, outbound].filter((list) => list !== undefined);
  return (
    !shown.some(({ state }) => byThem(state)) &&
    !lists.some(({ rules, order }) => byThem(order) || rules.some(({ state }) => byThem(state)))
  );
}
