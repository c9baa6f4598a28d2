import type { Json, JsonObject } from '../../../../model/document.js';
import { isList } from '../../../../model/validate.js';
import type { Names } from '../use-names.js';

/** Values of a rule as texts; empty: absent. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Whom a rule is about, by name: `zone office`, `group web`, `anyone`. */
export function peerText(rule: JsonObject, names: Names): string {
  const id = textOf(rule['group']);
  const environment = environmentOf(rule);
  const named = (map: ReadonlyMap<string, string>) => map.get(id) ?? (id === '' ? '?' : id);
  switch (rule['group_type']) {
    case 'ZONE':
      return `zone ${environment === '' ? named(names.zones) : `${environment}#${id}`}`;
    case 'GROUP':
    case 'ROLE':
      return `group ${environment === '' ? named(names.groups) : `${environment}#${id}`}`;
    case 'ANY':
      return 'anyone';
    default:
      return '?';
  }
}

/** The linked environment whose zone or group it names; empty: ours. */
export function environmentOf({ environment }: JsonObject): string {
  return typeof environment === 'string' && environment !== 'local' ? environment : '';
}

/** The service by name. */
export function serviceOf(rule: JsonObject, names: Names): string {
  const id = textOf(rule['service']);
  return names.services.get(id) ?? (id === '' ? '?' : id);
}

/** `NEW, RELATED`; `any`. */
export function statesText({ states }: JsonObject): string {
  return isList(states) && states.length > 0 ? states.map(textOf).join(', ') : 'any';
}

/** What else a rule asks: limits and an interface. */
export function moreText(rule: JsonObject): string {
  const device = textOf(rule['interface']);
  const limits: Readonly<Record<string, string>> = {
    CONNLIMIT: `over ${textOf(rule['conn_limit_above']) || '?'} connections of one /${textOf(rule['conn_limit_mask']) || '32'}`,
    RECENT: `${textOf(rule['hit_count']) || '?'} times in ${textOf(rule['seconds']) || '?'} s`,
  };
  const limit = limits[textOf(rule['type'])];
  return [limit, device === '' ? undefined : `on ${device}`].filter((part) => part !== undefined).join(', ');
}

/** A rule in one line, for merges and for those who do not see the table. */
export function ruleText(rule: JsonObject, names: Names): string {
  const parts = [
    textOf(rule['action']) || '?',
    peerText(rule, names),
    serviceOf(rule, names),
    `states ${statesText(rule)}`,
    moreText(rule),
    rule['active'] === true ? '' : 'off',
    textOf(rule['comment']) === '' ? '' : `“${textOf(rule['comment'])}”`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
