import type { JsonObject } from '../../../../model/document.js';
import { environmentOf, textOf } from './rule-words.js';

/** What is obviously wrong with fields of a rule before anybody asks the server. */
export function ruleFaults(rule: JsonObject): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  const positive = (field: string) => {
    const value = rule[field];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) faults[field] = 'A whole number from 1 on';
  };
  if (rule['group_type'] !== 'ANY' && environmentOf(rule) !== '' && textOf(rule['group']) === '')
    faults['group'] = 'Give its name in that environment';
  if (rule['type'] === 'CONNLIMIT') {
    positive('conn_limit_above');
    if (rule['conn_limit_mask'] !== undefined) positive('conn_limit_mask');
  }
  if (rule['type'] === 'RECENT') {
    positive('seconds');
    positive('hit_count');
  }
  const device = textOf(rule['interface']);
  if (device.length > 15 || /\s/.test(device)) faults['interface'] = 'At most 15 characters, without blanks';
  return faults;
}
