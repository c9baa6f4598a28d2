import type { Json } from '../../../model/document.js';

/** What fits into so many characters stays on one line: terms are lists of small tuples. */
const LINE = 80;

/** JSON as indented text, short lists and objects on one line. */
export function indentedJson(value: Json, indent = ''): string {
  const line = oneLine(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= LINE) return line;
  const deeper = `${indent}  `;
  const isList = Array.isArray(value);
  const parts = isList
    ? (value as readonly Json[]).map((item) => indentedJson(item, deeper))
    : Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${indentedJson(member, deeper)}`);
  const inside = parts.map((part) => `${deeper}${part}`).join(',\n');
  return isList ? `[\n${inside}\n${indent}]` : `{\n${inside}\n${indent}}`;
}

function oneLine(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(oneLine).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${oneLine(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
