import { addressFaults, type ElementFault } from '../../firewall/addresses/canonical-address.js';
import type { Family } from '../../firewall/addresses/family.js';
import type { Dialect } from '../../firewall/dialect.js';
import { MAX_ENTRIES } from '../../firewall/sets/build-set.js';
import { canonicalSetInSteps } from '../../firewall/sets/canonical-set.js';
import type { Document, Json, JsonObject } from '../../model/document.js';
import { schemaJson } from '../../model/json-schema.js';
import { sharedEnds } from '../../model/shared-ends.js';
import { isTextList } from '../../model/text-list.js';
import { isList } from '../../model/validate.js';
import type { Finding } from './finding.js';

/** Elements that one answer names; the rest is counted. */
const MAX_NAMED = 100;

/** Elements that are looked at between two pauses. */
const ELEMENTS_A_STEP = 5000;

/** Longer lists are not merged to see whether they fit: that would take too long. */
const MAX_ELEMENTS = 2 * MAX_ENTRIES;

/**
 * The faults of the address lists of a zone or group: elements that are no address of their family, each named with its
 * place and reason, and lists of more entries than a set holds once merged. `fields` says which list is of which family.
 */
export function* addressViolation(
  doc: JsonObject,
  before: Document | undefined,
  fields: Readonly<Record<Family, string>>,
  dialect: Dialect,
): Generator<void, Finding | undefined> {
  for (const family of ['v4', 'v6'] as const) {
    const field = fields[family];
    const found = yield* listViolation(doc[field], before?.[field], field, family, dialect);
    if (found) return found;
  }
  return undefined;
}

function* listViolation(
  value: Json | undefined,
  stored: Json | undefined,
  field: string,
  family: Family,
  dialect: Dialect,
): Generator<void, Finding | undefined> {
  if (value === undefined || value === stored) return undefined;
  if (!isList(value)) return wrongType(value, field, family);
  if (!isTextList(value)) {
    const notText = value.findIndex((item) => typeof item !== 'string');
    return wrongType(value[notText] as Json, field, family, notText);
  }
  const list: readonly string[] = value;
  const faults = yield* newFaults(list, isList(stored) ? stored : [], family);
  const [first] = faults;
  if (first) {
    const named = faults.slice(0, MAX_NAMED).map(({ index, element, reason }) => ({
      path: [field, index],
      value: element.slice(0, 200),
      reason,
    }));
    return {
      violation: {
        errorType: 'no_match',
        path: [field, first.index],
        value: first.element.slice(0, 200),
        schema: schemaOf(family),
        reason: first.reason,
      },
      more: { elements: named, faults: faults.length },
    };
  }
  return yield* tooMany(list, field, family, dialect);
}

/** Elements that are no addresses, but for those that the stored list has too. */
function* newFaults(
  list: readonly string[],
  stored: readonly Json[],
  family: Family,
): Generator<void, readonly ElementFault[]> {
  // What both lists begin and end with is stored already.
  const { head, tail } = sharedEnds(stored, list);
  const end = list.length - tail;
  const faults: ElementFault[] = [];
  for (let at = head; at < end; at += ELEMENTS_A_STEP) {
    const some = addressFaults(list.slice(at, Math.min(at + ELEMENTS_A_STEP, end)), family);
    for (const fault of some) faults.push({ ...fault, index: at + fault.index });
    yield;
  }
  if (faults.length === 0) return faults;
  const known = new Set<unknown>(stored);
  return faults.filter(({ element }) => !known.has(element));
}

function* tooMany(
  list: readonly string[],
  field: string,
  family: Family,
  dialect: Dialect,
): Generator<void, Finding | undefined> {
  // Merging only ever makes a list shorter.
  if (list.length <= MAX_ENTRIES) return undefined;
  const advice = `a set holds ${MAX_ENTRIES}: use larger nets or several zones`;
  if (list.length > MAX_ELEMENTS) {
    const reason = `${list.length} elements are more than the ${MAX_ELEMENTS} that are merged, and ${advice}`;
    return wrongSize(field, list.length, MAX_ELEMENTS, reason);
  }
  const entries = (yield* canonicalSetInSteps(list, family, dialect)).addresses.length;
  if (entries <= MAX_ENTRIES) return undefined;
  return wrongSize(field, list.length, MAX_ENTRIES, `${entries} entries are left after merging, ${advice}`);
}

function wrongSize(field: string, value: number, maxItems: number, reason: string): Finding {
  const schema = schemaJson({ type: 'array', maxItems });
  return { violation: { errorType: 'wrong_size', path: [field], value, schema, reason } };
}

function wrongType(value: Json, field: string, family: Family, index?: number): Finding {
  const schema = index === undefined ? schemaJson({ type: 'array' }) : schemaOf(family);
  const path = index === undefined ? [field] : [field, index];
  return { violation: { errorType: 'wrong_type', path, value, schema } };
}

function schemaOf(family: Family): Json {
  const what = family === 'v4' ? 'an IPv4 address or net' : 'an IPv6 address or net';
  return schemaJson({ type: 'string', description: what });
}
