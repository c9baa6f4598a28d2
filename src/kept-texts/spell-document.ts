import { isAscii } from 'node:buffer';
import type { Document } from '../model/document.js';
import { isList } from '../model/validate.js';
import { keptListText, type ListText } from './list-text.js';

/** Documents with more text are put together in memory of their own. */
const MOST_KEPT = 8 * 1024 * 1024;

/** Used again and again: megabytes of memory that is new to the process cost more than filling them. */
let workspace = Buffer.alloc(0);

/**
 * The text that `JSON.stringify` gives. Long lists of texts whose text is kept (`listText`: found by the frozen list itself, so that it
 * is never out of date) are not spelled again, and the outcome is one piece, which V8 would have to make first of what `JSON.stringify`
 * gives of a large document.
 */
export function spellDocument(document: Document): string {
  const entries = Object.entries(document);
  if (!entries.some(([, value]) => isList(value) && keptListText(value) !== undefined)) return JSON.stringify(document);
  const parts: Buffer[] = [];
  for (const [key, value] of entries) {
    const kept = isList(value) ? keptListText(value) : undefined;
    const text = kept === undefined ? JSON.stringify(value) : '[';
    parts.push(Buffer.from(`${parts.length === 0 ? '{' : ','}${JSON.stringify(key)}:${text}`));
    if (kept !== undefined) pushElements(parts, kept);
  }
  parts.push(Buffer.from('}'));
  return joined(parts);
}

function pushElements(parts: Buffer[], { blocks }: ListText): void {
  // No comma stands before the first element.
  for (const [n, { bytes }] of blocks.entries()) parts.push(n === 0 ? bytes.subarray(1) : bytes);
  parts.push(Buffer.from(']'));
}

function joined(parts: readonly Buffer[]): string {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = roomFor(length);
  let end = 0;
  for (const part of parts) end += part.copy(whole, end);
  // The same text either way; of ASCII it is copied, not decoded.
  return whole.toString(isAscii(whole) ? 'latin1' : 'utf8');
}

function roomFor(length: number): Buffer {
  if (length > MOST_KEPT) return Buffer.allocUnsafe(length);
  if (workspace.length < length) workspace = Buffer.allocUnsafeSlow(Math.min(MOST_KEPT, length + (length >> 3)));
  return workspace.subarray(0, length);
}
