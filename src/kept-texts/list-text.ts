import { type BlockedLines, blockedLines } from '../firewall/sets/blocked-lines.js';
import type { Json } from '../model/document.js';
import { isTextList } from '../model/text-list.js';
import { isList } from '../model/validate.js';
import { KeptByObject } from './kept-by-object.js';

/** What stands between the brackets of a list of texts in JSON, in blocks: each element behind a comma, the first one too. */
export type ListText = BlockedLines;

/** About as much as 800,000 addresses. A list alone may have a quarter of it. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Shorter lists are written as fast. */
const LONG = 2000;

interface Kept {
  readonly text: ListText;
  readonly length: number;
}

const kept = new KeptByObject<Kept>(MOST_BYTES);

function spelled(elements: readonly string[]): string {
  return `,${JSON.stringify(elements).slice(1, -1)}`;
}

/** Whether the text of a list is worth keeping: of a long one that holds texts alone, and never changes. */
export function isLongTextList(value: Json | undefined): value is readonly string[] {
  return (
    isList(value) &&
    value.length >= LONG &&
    Object.isFrozen(value) &&
    (kept.get(value) !== undefined || isTextList(value))
  );
}

/** The text of a list that was asked for lately (`KeptByObject`: found by the frozen list itself, so that it is never out of date). */
export function keptListText(list: readonly Json[]): ListText | undefined {
  return kept.get(list)?.text;
}

/**
 * The text of a list, with pauses: the kept one, or made and kept. What it shares at both ends with the list of `before`
 * is taken over from there. The list must be one that `isLongTextList` tells of.
 */
export function* listText(list: readonly string[], before?: ListText): Generator<void, ListText> {
  const known = keptListText(list);
  if (known !== undefined) return known;
  const text = yield* blockedLines(list, spelled, before);
  kept.set(list, { text, length: text.blocks.reduce((sum, { bytes }) => sum + bytes.length, 0) });
  return text;
}
