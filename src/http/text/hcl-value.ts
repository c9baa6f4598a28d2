import type { Json } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';

const BARE_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

// Controls, and what a terminal or an editor shows otherwise than it is (bidirectional text).
const ESCAPED = /["\\\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[$%](?=\{)/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  $: '$$',
  '%': '%%',
};

/** A quoted template of HCL 2 that means exactly `text`. */
export function hclString(text: string): string {
  const escape = (char: string) => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${text.replace(ESCAPED, escape)}"`;
}

/** A JSON value as an HCL 2 expression; what follows its first line is indented by `indent`. */
export function hclValue(value: Json, indent = '  '): string {
  const inner = `${indent}  `;
  if (typeof value === 'string') return hclString(value);
  if (isList(value)) {
    if (!value.some((item) => typeof item === 'object' && item !== null)) {
      return `[${value.map((item) => hclValue(item, inner)).join(', ')}]`;
    }
    return `[\n${value.map((item) => `${inner}${hclValue(item, inner)},\n`).join('')}${indent}]`;
  }
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    if (keys.length === 0) return '{}';
    return `{\n${keys.map((key) => `${inner}${attribute(key, value[key] as Json, inner)}\n`).join('')}${indent}}`;
  }
  return JSON.stringify(value);
}

/** `key = value`. */
export function attribute(key: string, value: Json, indent: string): string {
  return `${BARE_KEY.test(key) ? key : hclString(key)} = ${hclValue(value, indent)}`;
}
