import type { Json } from '../../model/document.js';
import type { Slices } from '../../world/slices.js';
import { documentText, keptText } from './document-text.js';
import { KeptByObject } from '../../kept-texts/kept-by-object.js';
import { writeItemsInSteps } from './write-large-json.js';

/** A list of more characters is put together each time. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Items, and characters, that are put together between two pauses. */
const ITEMS_AT_ONCE = 2000;
const CHARACTERS_AT_ONCE = 1_000_000;

/** What stands between the brackets, by list. */
const bodies = new KeptByObject<Buffer>(MOST_BYTES);

const [OPEN, COMMA, CLOSE] = ['[', ',', ']'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

/**
 * The items of several lists as one list in JSON, as `writeJson` has it. Of a list that is frozen, and so are its items, the bytes are
 * kept (`KeptByObject`): as long as no document of a table changes it is the same list, and where one does, only that one's
 * text is written anew. Gives the text in pieces, so that kept ones are sent without being copied.
 */
export async function listBytes(parts: readonly (readonly Json[])[], slices: Slices): Promise<readonly Buffer[]> {
  const bytes = [OPEN];
  for (const part of parts) {
    if (part.length === 0) continue;
    if (bytes.length > 1) bytes.push(COMMA);
    bytes.push(await bodyOf(part, slices));
  }
  bytes.push(CLOSE);
  return bytes;
}

async function bodyOf(items: readonly Json[], slices: Slices): Promise<Buffer> {
  const known = bodies.get(items);
  if (known !== undefined) return known;
  const bytes = joinedAtOnce(items) ?? (await slices.run(writeItemsInSteps(items, documentText)));
  if (Object.isFrozen(items)) bodies.set(items, bytes);
  return bytes;
}

/** Where all texts are there and few enough; undefined: it may take long. */
function joinedAtOnce(items: readonly Json[]): Buffer | undefined {
  if (items.length > ITEMS_AT_ONCE) return undefined;
  const texts: string[] = [];
  let characters = 0;
  for (const item of items) {
    const text = keptText(item);
    if (text === undefined) return undefined;
    characters += text.length;
    if (characters > CHARACTERS_AT_ONCE) return undefined;
    texts.push(text);
  }
  return Buffer.from(texts.join(','));
}
