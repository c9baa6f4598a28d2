import type { Json } from '../../../model/document.js';

/** A value as it is read: text as it stands, lists and maps as JSON. */
export function settingText(value: Json): string {
  if (value === null) return 'unset';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
