import type { Json } from '../../model/document.js';

/** Compact JSON with the keys of every object in alphabetical order; lists keep theirs (http-api section 1). */
export function writeJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(writeJson).join(',')}]`;
  const object = value as Readonly<Record<string, Json | undefined>>;
  let text = '';
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeJson(member)}`;
  }
  return `{${text}}`;
}
