import type { Json, JsonObject, Table } from '../model/document.js';
import { REDACTED } from '../model/redacted.js';
import { isTextList } from '../model/text-list.js';
import { ownedObject } from './owned-json.js';

const SECRET_KEY = /passw(or)?d|passphrase|secret|token|private_?key/i;

/**
 * A document as the audit trail may show it: the value of every key whose name speaks of a secret is replaced, at any
 * depth (docs/http-api.md#who-asks); of an API token also its hash. Shares what needs no change.
 */
export function redact(table: Table, doc: Json): Json {
  const secret = table === 'token' ? (key: string) => key === 'hash' || isSecret(key) : isSecret;
  return holdsSecret(doc, secret) ? hide(doc, secret) : doc;
}

/** Whether a key speaks of a secret, by key: documents share theirs. Bounded: clients may send any. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 1000;

function isSecret(key: string): boolean {
  const before = known.get(key);
  if (before !== undefined) return before;
  const secret = SECRET_KEY.test(key);
  if (known.size < MAX_KNOWN && key.length < 100) known.set(key, secret);
  return secret;
}

/** Whether there is anything to hide: usually there is not, and then nothing is copied. */
function holdsSecret(value: Json, secret: (key: string) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    // Lists of addresses are long.
    if (isTextList(list)) return false;
    for (const part of list) if (typeof part === 'object' && holdsSecret(part, secret)) return true;
    return false;
  }
  const object = value as JsonObject;
  for (const key of Object.keys(object)) {
    if (secret(key)) return true;
    const part = object[key];
    if (typeof part === 'object' && holdsSecret(part, secret)) return true;
  }
  return false;
}

function hide(value: Json, secret: (key: string) => boolean): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    const parts = list.map((part) => hide(part, secret));
    return parts.every((part, index) => part === list[index]) ? list : parts;
  }
  const entries = Object.entries(value as { readonly [key: string]: Json });
  let changed = false;
  const shown = entries.map(([key, part]): [string, Json] => {
    const safe = secret(key) ? REDACTED : hide(part, secret);
    changed ||= safe !== part;
    return [key, safe];
  });
  return changed ? ownedObject(shown) : value;
}

/** What a client means that sends back what it was shown: wherever a secret is `REDACTED`, the stored one stays. */
export function unredact(sent: Json, stored: Json | undefined): Json {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent;
  const before = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? (stored as JsonObject) : {};
  const entries = Object.entries(sent as JsonObject).map(([key, value]): [string, Json] => {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    return [key, value === REDACTED && SECRET_KEY.test(key) && old !== undefined ? old : unredact(value, old)];
  });
  return Object.fromEntries(entries);
}
