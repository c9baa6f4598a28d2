import type { Document, JsonObject } from '../model/document.js';
import { nearestText } from '../model/nearest-text.js';
import { rulesOf } from '../model/rules-of.js';
import type { Path } from '../model/validate.js';
import { declarationOf } from '../resources/resources.js';
import { type Kind, REFERENCES } from './kinds.js';

/** A key that nobody knows, and the known one that it is like. */
export interface MisspeltKey {
  readonly path: Path;
  readonly meant: string;
}

/** Keys of rules that the schema does not check. */
const MORE_OF_RULES = ['order', 'environment', 'environments', 'recent_name', 'recent_mask', 'docker'];

/**
 * Keys that are like one that is known and not there. Clients may store fields of their own, so unknown ones are taken;
 * but `state` in place of `states` would let through more than was meant. What `before` has already may stay.
 */
export function misspeltKeys(kind: Kind, file: JsonObject, before: Document | undefined): readonly MisspeltKey[] {
  const { schema } = declarationOf(kind);
  const reference = REFERENCES[kind];
  const known = ['id', ...Object.keys(schema.properties ?? {}), ...(reference === undefined ? [] : [reference.called])];
  const top = misspelt(file, known, new Set(Object.keys(before ?? {}))).map(({ key, meant }) => ({
    path: [key],
    meant,
  }));
  if (kind !== 'ruleset') return top;
  const ruleSchema = schema.properties?.['rules']?.properties?.['inbound']?.items?.properties ?? {};
  const ofRules = [...Object.keys(ruleSchema), ...MORE_OF_RULES];
  const stored = new Set(before === undefined ? [] : rulesOf(before).flatMap(({ rule }) => Object.keys(rule)));
  return [
    ...top,
    ...rulesOf(file).flatMap(({ direction, index, rule }) =>
      misspelt(rule, ofRules, stored).map(({ key, meant }) => ({ path: ['rules', direction, index, key], meant })),
    ),
  ];
}

function misspelt(
  value: JsonObject,
  known: readonly string[],
  stored: ReadonlySet<string>,
): readonly { readonly key: string; readonly meant: string }[] {
  const absent = known.filter((key) => !Object.hasOwn(value, key));
  return Object.keys(value).flatMap((key) => {
    if (known.includes(key) || stored.has(key)) return [];
    const meant = nearestText(key, absent, key.length < 5 ? 1 : 2);
    return meant === undefined ? [] : [{ key, meant }];
  });
}
