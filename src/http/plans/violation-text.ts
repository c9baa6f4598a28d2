import type { Json, JsonObject } from '../../model/document.js';
import { textOf } from '../../model/text-of.js';
import { isList, isObject } from '../../model/validate.js';
import type { ApiError } from '../errors.js';

const LONGEST_VALUE = 200;

function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** A refusal of a document in words: what is wrong with the value and what would be right. */
export function violationText({ message, body }: Pick<ApiError, 'message' | 'body'>): string {
  const { error_type: type, value, schema, reason } = body;
  if (typeof type !== 'string') return message;
  if (typeof reason === 'string') return reason;
  return `${shown(value)} ${wanted(type, value, isObject(schema) ? schema : {})}`;
}

function wanted(type: string, value: Json | undefined, schema: JsonObject): string {
  switch (type) {
    case 'missing_required_property':
      return 'is missing';
    case 'wrong_type': {
      const hint = schema['type'] === 'string' && typeof value === 'number' ? `, "${value}"` : '';
      return `must be of type ${textsOf(schema['type']).join(' or ')}${hint}`;
    }
    case 'not_in_enum':
      return `must be one of ${isList(schema['enum']) ? schema['enum'].map(shown).join(', ') : ''}`;
    case 'no_match':
      return `must match ${textsOf(schema['pattern']).join('')}`;
    case 'wrong_length':
      return `must have ${bounds(schema, 'minLength', 'maxLength')} characters`;
    case 'wrong_size':
      return `must have ${bounds(schema, 'minItems', 'maxItems')} items`;
    case 'not_in_range':
      return `must be at least ${shown(schema['minimum'])}`;
    case 'not_unique':
      return 'is there already';
    default:
      return `is refused: ${type.replaceAll('_', ' ')}`;
  }
}

function textsOf(value: Json | undefined): readonly string[] {
  return (isList(value) ? value : [value]).map(textOf);
}

function bounds(schema: JsonObject, least: string, most: string): string {
  const [from, to] = [schema[least], schema[most]];
  if (from === undefined) return `at most ${shown(to)}`;
  return to === undefined ? `at least ${shown(from)}` : `${shown(from)} to ${shown(to)}`;
}
