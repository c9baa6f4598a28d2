import type { Json, JsonObject } from '../../model/document.js';
import { hiddenCharacter, hiddenInLines } from '../../model/hidden-characters.js';
import { byHashField, type HashField } from '../../model/ruleset-variants.js';
import { isList, isObject } from '../../model/validate.js';
import { MESSAGE_LIMITS } from '../decode-limits.js';
import { binaryKeyMap, plainJson, termFromJson } from '../json.js';
import { atom, binaryText, map, type Term } from '../term.js';
import { decodeConfigEnvelope, encodeEnvelope, type Stamp } from './envelope.js';
import { describeTerm } from './describe-term.js';
import { fieldValue } from './field-value.js';
import { parseInterfaces, type Interfaces } from './interfaces.js';
import { MessageError } from './message-error.js';
import { readPlainReport } from './plain-report.js';
import { MAX_EXTRA_BYTES, ONE_LINE_FIELDS, REPORT_FIELDS } from './report-fields.js';

/**
 * Why an agent reports: it started or stops (`force`), its interfaces changed (`update`), or it is alive (`keepalive`).
 */
export type UpdateType = 'force' | 'update' | 'keepalive';

/** The five hashes of what a host has loaded (docs/protocol.md#hashes), normally 64 lower-case hex digits. */
export type ReportedHashes = Readonly<Record<HashField, string>>;

/** A report that passed every check. */
export interface Report {
  readonly updateType: UpdateType;
  readonly hostkey: string;
  readonly name: string;
  /** May be empty: an agent without a group. */
  readonly group: string;
  readonly environment: string;
  readonly location: string;
  readonly hashes: ReportedHashes;
  /** Read when it is asked for. */
  readonly interfaces: Interfaces;
  /** The host says that it stops (`active` = inactive). */
  readonly stopping: boolean;
  /** All documented fields of the report but `updatetype`, under their own names: they go into the host's row. */
  readonly fields: JsonObject;
  /**
   * Undocumented fields, as far as JSON can hold them. Check them before merging: a row has fields that agents must not
   * set.
   */
  readonly extra: JsonObject;
}

/** A report that is refused; `hostkey` and `updateType` are those of the report, if they could be read. */
export class ReportError extends MessageError {
  override readonly name = 'ReportError';
  readonly hostkey: string | undefined;
  readonly updateType: UpdateType | undefined;

  constructor(
    cause: MessageError,
    { hostkey, updateType }: { readonly hostkey: string | undefined; readonly updateType: UpdateType | undefined },
  ) {
    super(cause.reason, cause.field, `report refused: ${cause.message}`, { cause });
    this.hostkey = hostkey;
    this.updateType = updateType;
  }
}

const FIELD_RULES = Object.entries(REPORT_FIELDS);
const UPDATE_TYPES: ReadonlySet<string> = new Set<UpdateType>(['force', 'update', 'keepalive']);

/**
 * Decodes and checks a message of queue `ips` (docs/protocol.md#report). No part of `body` is retained.
 * @throws ReportError with a reason to count by and the field.
 */
export function decodeReport(body: Uint8Array): Report {
  const plain = readPlainReport(body);
  return plain === undefined ? decodeReportTerms(body) : reportOf(plain.updateType, plain.fields, {});
}

/**
 * The same by way of terms, for whatever bytes; reports that are as all agents write theirs take the short way.
 * @throws as `decodeReport`
 */
export function decodeReportTerms(body: Uint8Array): Report {
  let hostkey: string | undefined;
  let updateType: UpdateType | undefined;
  try {
    const fields = fieldsByName(decodeConfigEnvelope(body, MESSAGE_LIMITS));
    hostkey = claimedHostkey(fields);
    updateType = updateTypeOf(fields.get('updatetype'));
    fields.delete('updatetype');
    return checked(updateType, fields);
  } catch (error) {
    throw error instanceof MessageError ? new ReportError(error, { hostkey, updateType }) : error;
  }
}

/**
 * The message an agent sends: `fields` under their own names, and the update type as an atom (docs/protocol.md#report).
 */
export function encodeReport(updateType: UpdateType, fields: JsonObject, stamp: Stamp): Buffer {
  const config: [string, Term][] = Object.entries(fields).map(([name, value]) => [name, termFromJson(value)]);
  config.push(['updatetype', atom(updateType)]);
  return encodeEnvelope(map([[atom('config'), binaryKeyMap(config)]]), stamp);
}

/** Only binary keys are fields: Erlang keeps an atom or a charlist of the same letters apart. */
function fieldsByName(config: Term & { kind: 'map' }): Map<string, Term> {
  const fields = new Map<string, Term>();
  for (const [key, value] of config.entries) {
    const name = binaryText(key);
    if (name !== undefined) fields.set(name, value);
  }
  return fields;
}

function claimedHostkey(fields: ReadonlyMap<string, Term>): string | undefined {
  const term = fields.get('hostkey');
  const text = term === undefined ? undefined : binaryText(term);
  return text === undefined || Buffer.byteLength(text) > 200 || hiddenCharacter(text) !== undefined ? undefined : text;
}

function checked(updateType: UpdateType, terms: Map<string, Term>): Report {
  const values: Record<string, Json> = {};
  for (const [field, rule] of FIELD_RULES) {
    const term = terms.get(field);
    if (term === undefined) {
      if (rule.required) throw new MessageError('missing_field', field, `${field}: missing`);
      continue;
    }
    const value = fieldValue(field, rule, term);
    refuseHidden(field, value);
    values[field] = value;
    terms.delete(field);
  }
  const text = (field: string): string => (values[field] ?? '') as string;
  for (const field of ['hostkey', 'name']) {
    if (text(field) === '') throw new MessageError('bad_value', field, `${field}: empty`);
  }
  const { active } = values;
  if (active !== undefined && active !== 'inactive') {
    throw new MessageError('bad_value', 'active', 'active: an agent may only say inactive');
  }
  return reportOf(updateType, values, extraFields(terms));
}

/** `fields` have passed every check. */
function reportOf(updateType: UpdateType, fields: JsonObject, extra: JsonObject): Report {
  const text = (field: string): string => (fields[field] ?? '') as string;
  return {
    updateType,
    hostkey: text('hostkey'),
    name: text('name'),
    group: text('group'),
    environment: text('environment'),
    location: text('location'),
    hashes: byHashField(text),
    get interfaces() {
      return parseInterfaces(text('interfaces'));
    },
    stopping: fields['active'] === 'inactive',
    fields,
    extra,
  };
}

/**
 * Strings of a report are shown to people: none may hold invisible characters, or ones that change how text is shown.
 */
function refuseHidden(field: string, value: Json): void {
  if (typeof value === 'string') {
    const found = ONE_LINE_FIELDS.has(field) ? hiddenCharacter(value) : hiddenInLines(value);
    if (found !== undefined)
      throw new MessageError(
        'bad_value',
        field,
        `${field}: holds the control character ${found}, which is not shown or changes how text is shown`,
      );
  } else if (isList(value)) {
    for (const element of value) refuseHidden(field, element);
  } else if (isObject(value)) {
    for (const [key, element] of Object.entries(value)) {
      refuseHidden(field, key);
      refuseHidden(field, element);
    }
  }
}

function updateTypeOf(term: Term | undefined): UpdateType {
  if (term === undefined) throw new MessageError('missing_field', 'updatetype', 'updatetype: missing');
  if (term.kind !== 'atom') {
    throw new MessageError('wrong_type', 'updatetype', `updatetype: ${describeTerm(term)}, where an atom belongs`);
  }
  if (!UPDATE_TYPES.has(term.name)) {
    throw new MessageError('unknown_update_type', 'updatetype', 'updatetype: none of force, update, keepalive');
  }
  return term.name as UpdateType;
}

function extraFields(terms: ReadonlyMap<string, Term>): JsonObject {
  const extra: [string, Json][] = [];
  for (const [field, term] of terms) {
    const value = plainJson(term);
    if (value !== undefined) extra.push([field, value]);
  }
  const result = Object.fromEntries(extra);
  if (extra.length > 0 && JSON.stringify(result).length > MAX_EXTRA_BYTES) {
    throw new MessageError('too_large', 'extra', `undocumented fields: over ${MAX_EXTRA_BYTES} bytes together`);
  }
  // The names of these fields are checked too.
  refuseHidden('extra', result);
  return result;
}
