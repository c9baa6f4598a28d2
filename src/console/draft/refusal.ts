import { signal } from '@preact/signals';
import type { ApiFailure } from '../api/api-failure.js';
import type { JsonObject } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { DraftKey } from './draft-entry.js';

/** What is wrong with a value of a document. */
export interface FaultAt {
  /** To the value in the document that is at fault; empty: the document as a whole. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** Why the server would not make a change of the draft. */
export interface Refusal extends DraftKey {
  readonly code: string;
  /** One or more. */
  readonly faults: readonly FaultAt[];
}

/** The last one; undefined: there was none since the document was changed. */
export const refusal = signal<Refusal | undefined>(undefined);

/** What the server said last of a document, or of a value in it. */
export function faultOf({ resource, id }: DraftKey, path: FaultAt['path']): FaultAt | undefined {
  const last = refusal.value;
  if (last === undefined || last.resource !== resource || last.id !== id) return undefined;
  return last.faults.find((fault) => path.every((key, at) => fault.path[at] === key));
}

/**
 * Which change of a plan was refused, and where in it (docs/http-api.md#plans).
 * @param keys what the plan's writes were made of, in their order
 */
export function readRefusal({ body, code, message }: ApiFailure, keys: readonly DraftKey[]): Refusal | undefined {
  const key = keys[Number(body['index'] ?? -1)];
  if (key === undefined) return undefined;
  const { resource, id } = key;
  const { value_path: path, field, reason, faults } = body;
  const all = isList(faults) ? faults.filter(isObject).flatMap(faultAt) : [];
  const only = { path: pathOf(path, field, body), text: textFor(code, reason, message, body['error_type']) };
  return { resource, id, code, faults: all.length > 0 ? all : [only] };
}

function faultAt({ path, reason }: JsonObject): readonly FaultAt[] {
  if (!isList(path) || typeof reason !== 'string') return [];
  return [{ path: path as FaultAt['path'], text: reason }];
}

function pathOf(path: unknown, field: unknown, { value, error_type: type }: JsonObject): FaultAt['path'] {
  if (Array.isArray(path)) {
    const keys = path as readonly (string | number)[];
    // Of what is missing, the path leads to what lacks it.
    return type === 'missing_required_property' && typeof value === 'string' ? [...keys, value] : keys;
  }
  return typeof field === 'string' ? field.split('.') : [];
}

const TYPES: Readonly<Record<string, string>> = {
  missing_required_property: 'It must be given',
  wrong_type: 'This is of the wrong kind',
  not_in_enum: 'This is none of the values that it may have',
  no_match: 'It can not be written so',
  wrong_length: 'It is too short or too long',
  wrong_size: 'There are too few or too many',
  not_in_range: 'It is too small or too large',
  not_unique: 'One is there twice',
};

function textFor(code: string, reason: unknown, message: string, type: unknown): string {
  if (typeof reason === 'string') return reason;
  if (code === 'exists') return 'Another one has this already';
  return (typeof type === 'string' ? TYPES[type] : undefined) ?? message;
}
