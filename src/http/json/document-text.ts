import type { Json } from '../../model/document.js';
import { KeptByObject } from '../../kept-texts/kept-by-object.js';
import { writeJson } from './write-json.js';

/** About as much as the documents of 1,000 groups with 50 rules each. */
const MOST_CHARACTERS = 8 * 1024 * 1024;

const texts = new KeptByObject<string>(MOST_CHARACTERS);

/**
 * The text that `writeJson` gives. That of a document as the store hands it out is kept (`KeptByObject`): such a document is deeply
 * frozen, so its text never changes, and reads ask for the same ones again and again.
 */
export function documentText(value: Json): string {
  if (!isDocument(value)) return writeJson(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = flat(writeJson(value));
  texts.set(value, text);
  return text;
}

/** The kept text of a document; undefined: it was not written lately, or is none. */
export function keptText(value: Json): string | undefined {
  return isDocument(value) ? texts.get(value) : undefined;
}

/** What is frozen in an answer is frozen all the way down: documents of a store, and views made to last. */
function isDocument(value: Json): value is Json & object {
  return typeof value === 'object' && value !== null && Object.isFrozen(value);
}

/** The same text as one piece: V8 keeps what was put together of many as a tree until a character is asked for. */
function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}
