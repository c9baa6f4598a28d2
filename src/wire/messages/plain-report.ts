import type { Json, JsonObject } from '../../model/document.js';
import { MESSAGE_LIMITS } from '../decode-limits.js';
import * as tag from '../tags.js';
import { NameTable } from './name-table.js';
import { NOT_PLAIN, PlainBytes } from './plain-bytes.js';
import { ONE_LINE_FIELDS, REPORT_FIELDS, type FieldRule } from './report-fields.js';

/** What a plain report says: its type, and its documented fields in the order of `REPORT_FIELDS`. */
export interface PlainReport {
  readonly updateType: 'force' | 'update' | 'keepalive';
  readonly fields: JsonObject;
}

interface Field extends FieldRule {
  readonly name: string;
  readonly index: number;
  readonly oneLine: boolean;
}

const FIELDS: readonly Field[] = Object.entries(REPORT_FIELDS).map(([name, rule], index) => ({
  ...rule,
  name,
  index,
  oneLine: ONE_LINE_FIELDS.has(name),
}));
const FIELD_OF = new NameTable<Field | 'type'>([
  ...FIELDS.map((field) => [field.name, field] as const),
  ['updatetype', 'type'] as const,
]);
const TYPES = new NameTable((['keepalive', 'force', 'update'] as const).map((type) => [type, type]));
const USER_DATA = new NameTable([['user_data', true]]);
const CONFIG = new NameTable([['config', true]]);
/** Parts of the envelope, and members of the report: real ones have four, and 25. */
const [MOST_PARTS, MOST_MEMBERS] = [8, FIELDS.length + 1];

/**
 * The report in the bytes of a message, where it is as all agents write theirs: documented fields only, each once and of its
 * usual type, texts of printable ASCII, nothing out of bounds. `undefined` for anything else, good or bad: `decodeReport`
 * reads that term by term, and says what is wrong with it. What is read here it would read the same
 * (docs/protocol.md#report), at five times the cost.
 */
export function readPlainReport(body: Uint8Array): PlainReport | undefined {
  if (body.length > MESSAGE_LIMITS.maxBytes) return undefined;
  try {
    return readEnvelope(new PlainBytes(body));
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/**
 * What a message says beside when and by which process it was sent, as bytes; a part of `body`. `undefined`: it is not put
 * together as agents do, where the report is the last part. Two messages with the same of these bytes are read the same.
 */
export function bytesOfReport(body: Uint8Array): Uint8Array | undefined {
  if (body.length > MESSAGE_LIMITS.maxBytes) return undefined;
  try {
    return lastPart(new PlainBytes(body));
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

function lastPart(bytes: PlainBytes): Uint8Array | undefined {
  bytes.expect(tag.VERSION);
  bytes.expect(tag.LIST);
  for (let left = bytes.count(1, MOST_PARTS); left > 0; left -= 1) {
    bytes.expect(tag.SMALL_TUPLE);
    bytes.expect(2);
    if (bytes.atom(USER_DATA) !== undefined) return left === 1 ? bytes.rest() : undefined;
    bytes.skip();
  }
  return undefined;
}

/** `[{count,1},{local_time,…},{pid,…},{user_data,#{config => Report}}]` */
function readEnvelope(bytes: PlainBytes): PlainReport | undefined {
  bytes.expect(tag.VERSION);
  bytes.expect(tag.LIST);
  let report: PlainReport | undefined;
  for (let left = bytes.count(1, MOST_PARTS); left > 0; left -= 1) {
    bytes.expect(tag.SMALL_TUPLE);
    bytes.expect(2);
    if (bytes.atom(USER_DATA) === undefined) bytes.skip();
    else if (report === undefined) report = readUserData(bytes);
    else throw NOT_PLAIN;
  }
  bytes.expect(tag.NIL_TAG);
  bytes.end();
  return report;
}

function readUserData(bytes: PlainBytes): PlainReport {
  bytes.expect(tag.MAP);
  bytes.count(1, 1);
  if (bytes.atom(CONFIG) === undefined) throw NOT_PLAIN;
  bytes.expect(tag.MAP);
  const values = new Array<Json | undefined>(FIELDS.length);
  let updateType: PlainReport['updateType'] | undefined;
  for (let left = bytes.count(1, MOST_MEMBERS); left > 0; left -= 1) {
    bytes.expect(tag.BINARY);
    const field = bytes.name(FIELD_OF);
    if (field === undefined) throw NOT_PLAIN;
    if (field === 'type') {
      if (updateType !== undefined) throw NOT_PLAIN;
      updateType = bytes.atom(TYPES);
      if (updateType === undefined) throw NOT_PLAIN;
    } else if (values[field.index] !== undefined) throw NOT_PLAIN;
    else values[field.index] = readValue(bytes, field);
  }
  if (updateType === undefined) throw NOT_PLAIN;
  return { updateType, fields: byName(values) };
}

function readValue(bytes: PlainBytes, field: Field): Json {
  const found = bytes.next();
  if (found === tag.BINARY && field.kind !== 'list' && field.kind !== 'tags') {
    const text = bytes.text(field.maxBytes, field.oneLine);
    return field.kind === 'text_or_chunks' ? text.trim() : text;
  }
  if (field.kind === 'tags') {
    if (found === tag.MAP) return readTags(bytes, field);
  } else if (field.kind !== 'text') {
    if (found === tag.NIL_TAG) return field.kind === 'text_or_chunks' ? '' : [];
    if (found === tag.LIST && field.kind !== 'text_or_chunks') return readTexts(bytes, field);
  }
  throw NOT_PLAIN;
}

function readTexts(bytes: PlainBytes, { maxBytes, maxItems = 0 }: FieldRule): Json {
  const texts: string[] = [];
  let room = maxBytes;
  for (let left = bytes.count(1, maxItems); left > 0; left -= 1) {
    bytes.expect(tag.BINARY);
    const text = bytes.text(room, false);
    room -= text.length;
    texts.push(text);
  }
  bytes.expect(tag.NIL_TAG);
  return texts;
}

function readTags(bytes: PlainBytes, { maxBytes, maxItems = 0 }: FieldRule): Json {
  const tags: Record<string, string> = {};
  let room = maxBytes;
  for (let left = bytes.count(0, maxItems); left > 0; left -= 1) {
    bytes.expect(tag.BINARY);
    const key = bytes.text(room, false);
    room -= key.length;
    if (key === '__proto__' || Object.hasOwn(tags, key)) throw NOT_PLAIN;
    bytes.expect(tag.BINARY);
    const value = bytes.text(room, false);
    room -= value.length;
    tags[key] = value;
  }
  return tags;
}

/** In the order of the fields, whatever order the message has. */
function byName(values: readonly (Json | undefined)[]): JsonObject {
  const fields = blankOf(values);
  for (const { name, index, required } of FIELDS) {
    const value = values[index];
    if (value !== undefined) fields[name] = value;
    else if (required) throw NOT_PLAIN;
  }
  const { hostkey, name, active } = fields;
  if (hostkey === '' || name === '' || (active !== undefined && active !== 'inactive')) throw NOT_PLAIN;
  return fields;
}

/** The object that `blankOf` copies, and which fields it has, as bits; made anew for a report that has others. */
let blank: JsonObject = {};
let blankHas = 0;

/**
 * An object that has these fields already: a copy of one that JSON.parse made is half the size, and quick to read and copy
 * further on, where one that grows by 24 names becomes a hash table.
 */
function blankOf(values: readonly (Json | undefined)[]): Record<string, Json> {
  let has = 0;
  for (let index = 0; index < values.length; index += 1) if (values[index] !== undefined) has |= 1 << index;
  if (has !== blankHas) {
    const names = FIELDS.filter(({ index }) => (has & (1 << index)) !== 0);
    blank = JSON.parse(JSON.stringify(Object.fromEntries(names.map(({ name }) => [name, ''])))) as JsonObject;
    blankHas = has;
  }
  return { ...blank };
}
