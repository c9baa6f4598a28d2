import type { Document, Json } from '../../model/document.js';
import { ownedObject, parseOwned } from '../owned-json.js';
import { sameJson } from '../../model/same-json.js';

/**
 * How to get from a document back to the one before it: `set` puts old values of top-level keys back, `unset` takes
 * added keys out. The change table keeps this instead of two whole documents: a keepalive touches three fields of
 * sixty, and there are hundreds per second.
 */
export interface UndoPatch {
  readonly set: readonly (readonly [key: string, value: Json])[];
  readonly unset: readonly string[];
}

/** The patch that leads from `after` back to `before`. */
export function undoPatch(before: Document, after: Document): UndoPatch {
  const set = Object.entries(before).filter(
    ([key, value]) => !Object.hasOwn(after, key) || !sameJson(value, after[key] ?? null),
  );
  const unset = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  return { set, unset };
}

/** The document before `after`. The order of its keys may differ from the original's. */
export function undo(after: Document, patch: UndoPatch): Document {
  const gone = new Set(patch.unset);
  const kept = Object.entries(after).filter(([key]) => !gone.has(key));
  return ownedObject([...kept, ...patch.set]) as Document;
}

/** Reads a patch from the change table. */
export function parseUndoPatch(text: string): UndoPatch {
  return parseOwned(text) as unknown as UndoPatch;
}
