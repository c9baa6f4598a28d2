import { isBuiltinGroup } from '../../model/builtins.js';
import type { Document, JsonObject } from '../../model/document.js';
import { rulePeer } from '../../model/references.js';
import { rulesOf } from '../../model/rules-of.js';
import type { Finding } from './finding.js';

/** Ids that rules may name. */
export interface KnownIds {
  has(table: 'group' | 'zone' | 'service', id: string): boolean;
}

/** What one rule names: the tables it is looked up in, the field and the id. */
interface Named {
  readonly table: 'group' | 'zone' | 'service';
  readonly field: 'group' | 'service';
  readonly id: string;
}

function namedBy(rule: JsonObject): readonly Named[] {
  const { group, service } = rule;
  const peer = rulePeer(rule);
  const named: Named[] = [];
  if (typeof service === 'string') named.push({ table: 'service', field: 'service', id: service });
  if (typeof group === 'string' && (peer === 'group' || peer === 'zone')) {
    named.push({ table: peer, field: 'group', id: group });
  }
  return named;
}

function isBuiltin({ table, id }: Named): boolean {
  if (table === 'service') return id === 'any';
  // internal-active and external-active have no set: no rule can name them (rulesets section 1.3).
  return table === 'group' && isBuiltinGroup(id) && (id === 'all-active' || id === 'self');
}

/**
 * The first rule that names a service, group or zone which does not exist (decisions 7). Names that the stored ruleset
 * holds already are let through: what they named may have been deleted since.
 */
export function missingReference(
  ruleset: JsonObject,
  before: Document | undefined,
  known: KnownIds,
): Finding | undefined {
  const stored = new Set(
    (before ? rulesOf(before) : []).flatMap(({ rule }) => namedBy(rule).map(({ table, id }) => `${table} ${id}`)),
  );
  for (const { direction, index, rule } of rulesOf(ruleset)) {
    for (const named of namedBy(rule)) {
      const { table, field, id } = named;
      if (isBuiltin(named) || known.has(table, id) || stored.has(`${table} ${id}`)) continue;
      return {
        violation: {
          errorType: 'no_match',
          path: ['rules', direction, index, field],
          value: id,
          schema: { type: 'string', description: `the id of a ${table}` },
          reason: `there is no ${table} with this id`,
        },
      };
    }
  }
  return undefined;
}
