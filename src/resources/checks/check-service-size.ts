import type { Document, JsonObject } from '../../model/document.js';
import { schemaJson } from '../../model/json-schema.js';
import { sameJson } from '../../model/same-json.js';
import { isList, isObject } from '../../model/validate.js';
import type { Finding } from './finding.js';

/** Entries and ports of one service: every rule that names it becomes as many kernel rules, or a fifteenth of that. */
const MAX_ENTRIES = 2000;

/**
 * The fault of a service with too many entries and ports: even checking its schema would take too long. What is
 * stored already may stay.
 */
export function serviceSize({ services }: JsonObject, before: Document | undefined): Finding | undefined {
  if (!isList(services) || (before !== undefined && sameJson(services, before['services']))) return undefined;
  let entries = services.length;
  for (const entry of services) {
    if (isObject(entry) && isList(entry['ports'])) entries += entry['ports'].length;
  }
  if (entries <= MAX_ENTRIES) return undefined;
  const schema = schemaJson({ type: 'array', maxItems: MAX_ENTRIES });
  const reason = `a service has at most ${MAX_ENTRIES} entries and ports together: use ranges, or several services`;
  return { violation: { errorType: 'wrong_size', path: ['services'], value: entries, schema, reason } };
}
