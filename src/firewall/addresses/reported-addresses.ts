import type { Json, JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';

/**
 * Every string in a host's `interfaces`, in order and as reported. A host that never reported, or whose `interfaces` is
 * not JSON, has none: one bad row must not break a list (docs/http-api.md#documents-that-break-nothing-but-themselves).
 */
export function reportedAddresses(host: JsonObject): readonly string[] {
  const byName = parsed(host['interfaces']);
  if (!isObject(byName)) return [];
  return Object.values(byName).flatMap((list) =>
    isList(list) ? list.filter((item): item is string => typeof item === 'string') : [],
  );
}

function parsed(interfaces: Json | undefined): Json | undefined {
  if (typeof interfaces !== 'string') return interfaces;
  try {
    return JSON.parse(interfaces) as Json;
  } catch {
    return undefined;
  }
}
