import type { Json } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';

/** An expression that is printed as it stands, such as `dog_zone.office.id`. */
export class HclExpression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A value that the provider takes as JSON text: printed as `jsonencode(...)`. */
export class HclJsonText {
  readonly value: Json;
  constructor(value: Json) {
    this.value = value;
  }
}

/** What can be printed: JSON that may hold expressions. */
export type HclValue =
  Json | HclExpression | HclJsonText | readonly HclValue[] | { readonly [key: string]: HclValue | undefined };
type HclObject = { readonly [key: string]: HclValue | undefined };

const BARE_KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;

// Control characters, and those that a terminal or editor displays misleadingly (bidirectional text).
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

function isHclObject(value: HclValue): value is HclObject {
  return isObject(value as Json) && !(value instanceof HclExpression) && !(value instanceof HclJsonText);
}

/** `key = value` without a line break in it, or undefined where the value needs several lines. */
function isFlat(value: HclValue): boolean {
  return isList(value as Json)
    ? (value as readonly HclValue[]).every((item) => !isHclObject(item) && isFlat(item))
    : isHclObject(value)
      ? Object.keys(value).length === 0
      : !(value instanceof HclJsonText) || isFlat(value.value);
}

/** A value as an HCL 2 expression, formatted as by `terraform fmt`; lines after the first are indented by `indent`. */
export function hclValue(value: HclValue, indent = '  '): string {
  if (value instanceof HclExpression) return value.text;
  if (value instanceof HclJsonText) return `jsonencode(${hclValue(value.value, indent)})`;
  if (typeof value === 'string') return hclString(value);
  if (isList(value as Json)) return hclList(value as readonly HclValue[], indent);
  if (isHclObject(value)) {
    const attributes = hclAttributes(value, `${indent}  `);
    return attributes === '' ? '{}' : `{\n${attributes}${indent}}`;
  }
  return JSON.stringify(value);
}

/** A list on one line if each item fits on one; objects of plain values get a line each. */
function hclList(list: readonly HclValue[], indent: string): string {
  if (isFlat(list)) return `[${list.map((item) => hclValue(item, indent)).join(', ')}]`;
  const inner = `${indent}  `;
  const item = (value: HclValue): string => {
    if (isFlat(value) || !isHclObject(value) || !entries(value).every(([, member]) => isFlat(member)))
      return hclValue(value, inner);
    return `{ ${entries(value)
      .map(([key, member]) => assignment(key, member, inner))
      .join(', ')} }`;
  };
  return `[\n${list.map((value) => `${inner}${item(value)},\n`).join('')}${indent}]`;
}

function entries(value: HclObject): readonly (readonly [string, HclValue])[] {
  return Object.keys(value)
    .sort()
    .flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]] as const]));
}

function assignment(key: string, value: HclValue, indent: string): string {
  return `${BARE_KEY.test(key) ? key : hclString(key)} = ${hclValue(value, indent)}`;
}

/**
 * The attributes of an object or resource, one line each, in alphabetical order or that of `order`. A blank line
 * separates two that take one line: otherwise `terraform fmt` would align their equals signs.
 */
export function hclAttributes(value: HclObject, indent: string, order?: readonly string[]): string {
  const members =
    order === undefined
      ? entries(value)
      : order.flatMap((key) => (value[key] === undefined ? [] : [[key, value[key]] as const]));
  let before = false;
  return members
    .map(([key, member]) => {
      const flat = isFlat(member);
      const blank = before && flat ? '\n' : '';
      before = flat;
      return `${blank}${indent}${assignment(key, member, indent)}\n`;
    })
    .join('');
}
