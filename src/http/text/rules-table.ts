import { escapeHidden } from '../../model/hidden-characters.js';
import type { JsonObject } from '../../model/document.js';
import type { Json } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';

const COLUMNS = ['group', 'service', 'states', 'action', 'active'] as const;

/**
 * The rules of a profile as a table for people (docs/http-api.md#text): tab-separated, inbound then outbound.
 */
export function rulesTable(ruleset: JsonObject | undefined): string {
  const rules = ruleset?.['rules'];
  const part = (direction: 'inbound' | 'outbound') => {
    const list = isObject(rules) ? rules[direction] : undefined;
    const lines = (isList(list) ? list : []).filter(isObject).map(line);
    return [COLUMNS.join('\t'), ...lines].map((text) => `${text}\n`).join('');
  };
  return `Inbound:\n${part('inbound')}\nOutbound:\n${part('outbound')}`;
}

function line(rule: JsonObject): string {
  return COLUMNS.map((column) => cell(rule[column])).join('\t');
}

/** Control characters in a value would split rows or columns. */
function cell(value: Json = ''): string {
  const text = isList(value) ? value.map(cell).join(',') : typeof value === 'string' ? value : JSON.stringify(value);

  return escapeHidden(text.replace(/[\u0000-\u001f\u007f]/g, ' '));
}
