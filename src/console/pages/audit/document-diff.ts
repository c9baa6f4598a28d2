import { createTwoFilesPatch } from 'diff';
import type { Json } from '../../../model/document.js';

/** Larger ones would hold the tab, in characters of indented JSON. */
const MOST_CHARACTERS = 500_000;
/** The longest that it may take, in milliseconds. */
const MOST_MS = 300;

/** How two documents differ, as `git diff` prints it; empty: they do not; undefined: that is too much to tell. */
export function documentDiff(before: Json, after: Json): string | undefined {
  const [old, now] = [textOf(before), textOf(after)];
  if (old.length + now.length > MOST_CHARACTERS) return undefined;
  if (old === now) return '';
  const patch = createTwoFilesPatch('before', 'after', old, now, '', '', { context: 3, timeout: MOST_MS });
  // Its first line is a ruler.
  return patch?.replace(/^=+\n/, '');
}

/** With keys in alphabetical order, so that only what differs is a difference. */
function textOf(value: Json): string {
  return value === null ? '' : `${JSON.stringify(sortedKeys(value), null, 2)}\n`;
}

function sortedKeys(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortedKeys);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortedKeys((value as Readonly<Record<string, Json>>)[key] as Json)]),
  );
}
