import type { Document, JsonObject } from '../model/document.js';

/**
 * What table `set_history` says of one body of sets, beside what it holds.
 * `at`: epoch seconds when it was about to be published. `hash`: what agents report once they have loaded it. `sha`:
 * SHA-256 of its text. `kind`: `whole`; `delta`: what changed since the row before; `lost`: what it held was too much to
 * be kept. `gap`: how many bodies before it, after the row before, were not kept. `chars`: room that its row takes.
 */
export interface BodyEntry {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  readonly hash: string;
  readonly sha: string;
  readonly kind: 'whole' | 'delta' | 'lost';
  readonly gap: number;
  readonly chars: number;
}

/** The fields of a row that make its `BodyEntry`. */
export const ENTRY_FIELDS = ['seq', 'at', 'hash', 'sha', 'kind', 'gap', 'chars'] as const;

/** The id of a row: its number (from 1), so that ids sort as bodies were published. */
export function bodyId(seq: number): string {
  return String(seq).padStart(12, '0');
}

/** Undefined: the row is not one of ours. */
export function readEntry(doc: JsonObject): BodyEntry | undefined {
  const { id, seq, at, hash, sha, kind, gap, chars } = doc;
  if (typeof id !== 'string' || typeof seq !== 'number' || id !== bodyId(seq) || typeof at !== 'number')
    return undefined;
  if (typeof hash !== 'string' || typeof sha !== 'string') return undefined;
  if (kind !== 'whole' && kind !== 'delta' && kind !== 'lost') return undefined;
  return { id, seq, at, hash, sha, kind, gap: Number(gap ?? 0), chars: Number(chars ?? 0) };
}

/** A row: the entry, the hash of the row before, and what it holds: `packed`, or `sets` that changed. */
export function bodyRow(entry: BodyEntry, hashBefore: string | null, holds: JsonObject): Document {
  return { ...entry, hash_before: hashBefore, ...holds };
}
