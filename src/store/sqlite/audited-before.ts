import type { Document, Json } from '../../model/document.js';
import { parseUndoPatch, undo, undoPatch } from './undo-patch.js';

/** Stands before a patch, so that it is told from a document: no JSON begins with it. */
const MARK = '~';

/** Characters of a document from which on only what it had otherwise is kept beside it. */
const LARGE = 4096;

/**
 * What the audit trail keeps of the document before a change: its JSON text, or, of a large one, how it is got from the
 * one after. `afterText` is the JSON text of `after`; both as the trail may show them. `undo`: the JSON text of the patch that
 * leads from `after` to `before`, where it is known.
 */
export function auditedBefore(before: Document, after: Document | undefined, afterText: string, undo?: string): string {
  if (after === undefined || afterText.length < LARGE) return JSON.stringify(before);
  return MARK + (undo ?? JSON.stringify(undoPatch(before, after)));
}

/** The opposite of {@link auditedBefore}. */
export function readAuditedBefore(text: string, after: Json): Json {
  if (!text.startsWith(MARK)) return JSON.parse(text) as Json;
  return undo(after as Document, parseUndoPatch(text.slice(MARK.length)));
}
