import type { Document, Json } from '../../model/document.js';
import { isTextList } from '../../model/text-list.js';
import { isList, isObject } from '../../model/validate.js';
import type { Family } from '../addresses/family.js';
import type { PolicyPart } from './policy.js';

/** A field that no write over the API could have stored, and that rules or sets are made from. */
export interface MalformedField {
  readonly field: string;
  /** Why, and what would be right; completes a sentence that begins with the field's name. */
  readonly reason: string;
}

type Check = (value: Json | undefined, row: Document) => string | undefined;

/** What it holds, short enough for a sentence. */
function shown(value: Json | undefined): string {
  if (value === undefined) return 'is missing';
  const text = JSON.stringify(value);
  return `holds ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

function mustBe(fits: (value: Json | undefined) => boolean, wanted: string): Check {
  return (value) => (fits(value) ? undefined : `${shown(value)}: must be ${wanted}`);
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}
const isName = mustBe(isText, 'a string');
/** The field may be absent. */
function ifThere(check: Check): Check {
  return (value, row) => (value === undefined ? undefined : check(value, row));
}
const textIfThere = ifThere(mustBe(isText, 'text'));

/** A list of strings. Those that are not addresses are left out and reported, not refused. */
function addressList(family: Family): Check {
  return (value) => {
    const wanted = `a list of IP${family} addresses (strings)`;
    if (!isList(value)) return `${shown(value)}: must be ${wanted}`;
    if (isTextList(value)) return undefined;
    const other = value.findIndex((element) => typeof element !== 'string');
    return `has an element ${other} that ${shown(value[other])}: must be ${wanted}`;
  };
}

function addressListIfThere(family: Family): Check {
  return ifThere(addressList(family));
}

const rules: Check = (value) => {
  const wanted = 'an object with the lists inbound and outbound';
  if (!isObject(value)) return `${shown(value)}: must be ${wanted}`;
  for (const key of ['inbound', 'outbound']) {
    const list = value[key];
    if (!isList(list)) return `has ${key} that ${shown(list)}: must be ${wanted}`;
    const other = list.findIndex((rule) => !isObject(rule));
    if (other >= 0) return `has a rule ${key}[${other}] that ${shown(list[other])}: a rule is an object`;
  }
  return undefined;
};

const services: Check = (value) => {
  const wanted = 'a list of objects with a protocol (a string) and a list of ports (strings)';
  const isEntry = (entry: Json): boolean =>
    isObject(entry) && isText(entry['protocol']) && isList(entry['ports']) && entry['ports'].every(isText);
  if (!isList(value)) return `${shown(value)}: must be ${wanted}`;
  const wrong = value.findIndex((entry) => !isEntry(entry));
  return wrong < 0 ? undefined : `has an entry ${wrong} that ${shown(value[wrong])}: must be ${wanted}`;
};

/** A host that never reported has none, or an empty string; old agents send `[]` for an interface without addresses. */
const interfaces: Check = (value) => {
  if (value === undefined || value === '') return undefined;
  const wanted = 'JSON text of an object of interface name to list of addresses';
  let read: unknown = value;
  if (isText(value)) {
    try {
      read = JSON.parse(value);
    } catch {
      return `${shown(value)}: must be ${wanted}`;
    }
  }
  if (typeof read !== 'object' || read === null) return `${shown(value)}: must be ${wanted}`;
  const lists = Object.values(read as Record<string, unknown>);
  return lists.every((list) => Array.isArray(list)) ? undefined : `${shown(value)}: must be ${wanted}`;
};

const STATES: readonly (Json | undefined)[] = ['active', 'inactive', 'retired', 'new', undefined];
const state: Check = mustBe((value) => STATES.includes(value), 'one of active, inactive, retired, new');

const environmentSets: Check = (value) => {
  const wanted = 'an object with groups and zones, each of name to list of addresses';
  if (!isObject(value)) return `${shown(value)}: must be ${wanted}`;
  for (const key of ['groups', 'zones']) {
    const lists = value[key];
    if (!isObject(lists)) return `has ${key} that ${shown(lists)}: must be ${wanted}`;
    const wrong = Object.entries(lists).find(([, list]) => !isList(list));
    if (wrong !== undefined) return `has ${key}.${wrong[0]} that ${shown(wrong[1])}: must be ${wanted}`;
  }
  return undefined;
};

const handling = ifThere(mustBe((value) => value === 'prefix' || value === 'union', 'prefix or union'));

/**
 * The fields that rules and sets are made from, per table. Fields that only show something (descriptions, `vars`) are
 * not here.
 */
const CHECKS: Readonly<Record<PolicyPart, Readonly<Record<string, Check>>>> = {
  external: { name: isName, state: textIfThere, v4: environmentSets, v6: environmentSets },
  group: {
    name: isName,
    profile_id: textIfThere,
    external_ipv4_addresses: addressListIfThere('v4'),
    external_ipv6_addresses: addressListIfThere('v6'),
  },
  host: { group: textIfThere, active: state, interfaces },
  link: { name: isName, address_handling: handling },
  profile: {
    docker: ifThere(
      mustBe(
        (value) => typeof value === 'boolean' || ['true', 'false', 'undefined'].includes(value as string),
        'true or false',
      ),
    ),
    rules: ifThere(rules),
  },
  ruleset: { profile_id: textIfThere, rules },
  service: { name: isName, services },
  zone: { name: isName, ipv4_addresses: addressList('v4'), ipv6_addresses: addressList('v6') },
};

/** Whether rows of this table are looked at. */
export function isPolicyPart(table: string): table is PolicyPart {
  return Object.hasOwn(CHECKS, table);
}

/** Whether all fields that are looked at are the very same in both, so that one row is as well formed as the other. */
export function sameCheckedFields(table: PolicyPart, one: Document, other: Document): boolean {
  for (const field of Object.keys(CHECKS[table])) if (one[field] !== other[field]) return false;
  return true;
}

/** One list for the many documents in which nothing is wrong. */
const WELL_FORMED: readonly MalformedField[] = Object.freeze([]);

/** Documents are immutable, so each is checked once. */
const seen = new WeakMap<Document, readonly MalformedField[]>();

/**
 * The fields of a stored row that no write over the API would have left like this, and that would open, empty or stop
 * something if they were used as they are. An empty list is well formed: it means "no addresses" or "no rules".
 */
export function malformedFields(table: PolicyPart, row: Document): readonly MalformedField[] {
  const known = seen.get(row);
  if (known !== undefined) return known;
  const found = Object.entries(CHECKS[table]).flatMap(([field, check]) => {
    const reason = check(row[field], row);
    return reason === undefined ? [] : [{ field, reason }];
  });
  const fields = found.length === 0 ? WELL_FORMED : found;
  seen.set(row, fields);
  return fields;
}
