import { SERVICE_ANY } from '../../model/builtins.js';
import type { Json } from '../../model/document.js';
import { isObject } from '../../model/validate.js';
import type { Lookup } from './lookup.js';
import type { ReadService } from './read-service.js';
import { readServiceOnce } from './read-service-once.js';

/**
 * What rules refer to, by id. Names that are not strings are null. The same lookups serve every group, so that services
 * are read once; to update them, use {@link readServiceOnce} for a service that changed.
 */
export interface PolicyLookups {
  readonly groups: Lookup<string | null>;
  readonly zones: Lookup<string | null>;
  readonly services: Lookup<ReadService>;
}

function byId<T>(documents: readonly Json[], read: (document: Json) => T): Map<string, T> {
  const found = new Map<string, T>();
  for (const document of documents) {
    if (isObject(document) && typeof document['id'] === 'string') found.set(document['id'], read(document));
  }
  return found;
}

/** The name that rules go by; null: it is not a string. */
export function nameOf(document: Json): string | null {
  return isObject(document) && typeof document['name'] === 'string' ? document['name'] : null;
}

/** Groups that a rule may name without a document of theirs (docs/rulesets.md#built-in-groups-in-rules). */
export const RULE_BUILTINS: readonly string[] = ['all-active', 'self'];

/** Lookups from whole documents; the built-in groups and the service `any` are added where they are missing. */
export function policyLookups(
  groups: readonly Json[],
  zones: readonly Json[],
  services: readonly Json[],
): PolicyLookups {
  const named = byId(groups, nameOf);
  for (const id of RULE_BUILTINS) if (!named.has(id)) named.set(id, id);
  const read = byId(services, readServiceOnce);
  if (!read.has(SERVICE_ANY.id)) read.set(SERVICE_ANY.id, readServiceOnce(SERVICE_ANY));
  return { groups: named, zones: byId(zones, nameOf), services: read };
}
