import { isUtf8 } from 'node:buffer';
import type { Json } from '../../model/document.js';
import { binaryText, type Term } from '../term.js';
import { describeTerm } from './describe-term.js';
import { MessageError } from './message-error.js';
import type { FieldRule } from './report-fields.js';

/**
 * A field of a report as JSON, cleaned as the rule says.
 * @throws MessageError `wrong_type` or `too_large`, naming the field.
 */
export function fieldValue(field: string, rule: FieldRule, term: Term): Json {
  switch (rule.kind) {
    case 'text':
      return fieldText(field, rule.maxBytes, term);
    case 'text_or_chunks':
      return chunks(field, rule.maxBytes, term);
    case 'text_or_list':
      return term.kind === 'binary' ? fieldText(field, rule.maxBytes, term) : texts(field, rule, term);
    case 'list':
      return texts(field, rule, term);
    case 'tags':
      return tags(field, rule, term);
  }
}

/** A binary of UTF-8 text. */
export function fieldText(field: string, maxBytes: number, term: Term): string {
  if (term.kind !== 'binary') throw wrongType(field, 'a binary', term);
  checkSize(field, maxBytes, term.bytes.length);
  const text = binaryText(term);
  if (text === undefined) throw new MessageError('wrong_type', field, `${field}: a binary that is not UTF-8 text`);
  return text;
}

/**
 * The output of a shell command: a binary; `[]` when it failed; a nested, even improper list when it came in pieces.
 */
function chunks(field: string, maxBytes: number, term: Term): string {
  const parts: Buffer[] = [];
  let size = 0;
  const add = (part: Term): void => {
    switch (part.kind) {
      case 'nil':
        return;
      case 'binary':
      case 'charlist':
        checkSize(field, maxBytes, (size += part.bytes.length));
        parts.push(part.bytes);
        return;
      case 'list':
        part.elements.forEach(add);
        if (part.tail !== undefined) add(part.tail);
        return;
      case 'integer':
        if (typeof part.value !== 'number' || part.value < 0 || part.value > 255) break;
        checkSize(field, maxBytes, ++size);
        parts.push(Buffer.of(part.value));
        return;
      default:
    }
    throw wrongType(field, 'a string or a list of strings', part);
  };
  if (term.kind === 'integer') throw wrongType(field, 'a string or a list of strings', term);
  add(term);
  const bytes = Buffer.concat(parts);
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').trim();
}

function texts(field: string, { maxBytes, maxItems }: FieldRule, term: Term): string[] {
  if (term.kind === 'nil') return [];
  if (term.kind !== 'list' || term.tail !== undefined) throw wrongType(field, 'a list of binaries', term);
  checkItems(field, maxItems, term.elements.length);
  let left = maxBytes;
  return term.elements.map((element) => {
    const text = fieldText(field, left, element);
    left -= Buffer.byteLength(text);
    return text;
  });
}

function tags(field: string, { maxBytes, maxItems }: FieldRule, term: Term): Json {
  if (term.kind !== 'map') throw wrongType(field, 'a map of binaries', term);
  checkItems(field, maxItems, term.entries.length);
  let left = maxBytes;
  const text = (part: Term): string => {
    const result = fieldText(field, left, part);
    left -= Buffer.byteLength(result);
    return result;
  };
  return Object.fromEntries(term.entries.map(([key, value]) => [text(key), text(value)]));
}

function checkSize(field: string, maxBytes: number, size: number): void {
  if (size > maxBytes) throw new MessageError('too_large', field, `${field}: over ${maxBytes} bytes`);
}

function checkItems(field: string, maxItems: number | undefined, items: number): void {
  if (maxItems !== undefined && items > maxItems)
    throw new MessageError('too_large', field, `${field}: ${items} elements, at most ${maxItems} are taken`);
}

function wrongType(field: string, wanted: string, term: Term): MessageError {
  return new MessageError('wrong_type', field, `${field}: ${describeTerm(term)}, where ${wanted} belongs`);
}
