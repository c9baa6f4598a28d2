import type { Document, JsonObject } from '../../model/document.js';
import { RULESET_VARIANTS, variantsOfType } from '../../model/ruleset-variants.js';
import { isObject } from '../../model/validate.js';

/** What hosts of the group report, besides which group they are of. */
type Host = Document;

/** Whether a host reports the texts with sets of a revision; one that reports no IPv6 hash is judged by IPv4 alone. */
function runs(host: Host, revision: JsonObject): boolean {
  const hashes = isObject(revision['hashes']) ? revision['hashes'] : {};
  return variantsOfType('ipsets').every(({ hashField, family }) => {
    const reported = host[hashField];
    if (family === 'v6' && (reported === undefined || reported === '')) return true;
    return typeof reported === 'string' && reported !== '' && reported === hashes[hashField];
  });
}

/** A revision as the API shows it: `hosts` is how many of the group report it now. */
export function revisionView(row: Document, hosts: readonly Host[], pin: Document | undefined): JsonObject {
  const { id: _id, texts: _texts, ...rest } = row;
  return {
    ...rest,
    hosts: hosts.filter((host) => runs(host, row)).length,
    pinned: pin !== undefined && pin['number'] === row['number'],
  };
}

/** A pin as the API shows it. */
export function pinView(pin: Document | undefined): JsonObject | null {
  if (pin === undefined) return null;
  const { number = null, reason = null, author = null, at = null } = pin;
  return { number, reason, author, at };
}

/** The texts of a revision, by the names that the sub-resources of a group have. */
export function textsView(texts: Readonly<Record<string, { readonly text: string }>>): JsonObject {
  return Object.fromEntries(RULESET_VARIANTS.map(({ key, apiName }) => [apiName, texts[key]?.text ?? '']));
}
