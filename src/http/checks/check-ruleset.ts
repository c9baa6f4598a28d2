import type { Document, JsonObject } from '../../model/document.js';
import type { Deps } from '../deps.js';
import { missingReference } from './check-references.js';
import type { Finding } from './finding.js';
import { loadRuleTables } from './rule-tables.js';

/** The first fault of a ruleset that its schema can't see: names of nothing, and rules that the kernel would refuse. */
export async function checkRuleset(
  deps: Deps,
  doc: JsonObject,
  before: Document | undefined,
): Promise<Finding | undefined> {
  if (doc['rules'] === undefined) return undefined;
  const tables = await loadRuleTables(deps.store);
  return missingReference(doc, before, tables);
}
