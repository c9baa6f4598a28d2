import type { Document, JsonObject, Resource } from '../../model/document.js';
import type { JsonSchema } from '../../model/json-schema.js';
import { schemaJson } from '../../model/json-schema.js';
import type { Finding } from './finding.js';

const LETTERS = /^[A-Za-z0-9_.-]+$/;

/**
 * What new names keep; all such names fit into the name of a set, `_gv4n` included
 * (docs/rulesets.md#what-the-kernel-refuses).
 */
const SCHEMA: JsonSchema = { type: 'string', minLength: 1, maxLength: 26, pattern: LETTERS.source };

/** The fault of a new or changed name of a group or zone: names of sets are made from it. Stored names stay as they are. */
export function setNameViolation(
  resource: Resource,
  { name }: JsonObject,
  before: Document | undefined,
): Finding | undefined {
  if (typeof name !== 'string' || name === before?.['name']) return undefined;
  const found = (errorType: 'wrong_length' | 'no_match', reason: string): Finding => ({
    violation: { errorType, path: ['name'], value: name, schema: schemaJson(SCHEMA), reason },
  });
  if (name.length > 26) return found('wrong_length', `the name of a ${resource} has at most 26 characters`);
  if (LETTERS.test(name)) return undefined;
  return found('no_match', `the name of a ${resource} holds only letters A to Z, digits, and the characters _ . -`);
}
