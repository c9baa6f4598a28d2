import type { Json } from '../../model/document.js';
import { isTextList } from '../../model/text-list.js';
import { partsOf } from './read-json.js';

/** Tells of every object and list in a value, and of the value itself, inner ones first. */
export function tellContainers(value: Json, made: (container: object) => void): void {
  if (typeof value !== 'object' || value === null) return;
  const holdsNone = Array.isArray(value) && isTextList(value);
  if (!holdsNone) for (const part of partsOf(value)) if (typeof part === 'object') tellContainers(part, made);
  made(value);
}
