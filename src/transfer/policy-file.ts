import type { Document, Json, JsonObject, Resource } from '../model/document.js';
import { withoutStoreField } from '../model/store-field.js';
import { RESOURCE_NAMES } from '../resources/resources.js';

/** What the file says it is. */
const FORMAT = 'dog-trainer policy';
/** Grows when a reader of this version would misread a newer file. */
const VERSION = 1;

/** All policy of one installation, as one file holds it. Link passwords are in it; tokens and histories are not. */
export interface PolicyFile {
  /** Epoch seconds. */
  readonly exportedAt: number;
  /** The dialect that the rules were compiled in, if one was chosen: the other dialect gives other bytes. */
  readonly dialect?: 'dog1' | 'dog2';
  /** Documents as they are stored, in the store's order. */
  readonly resources: Readonly<Record<Resource, readonly Document[]>>;
}

/** A file that is refused; the message says where the fault is and what would be right. */
export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
}

function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** The file's JSON value; inside documents keys are sorted, so that two files can be compared line by line. */
export function policyFileToJson({ exportedAt, dialect, resources }: PolicyFile): JsonObject {
  return {
    format: FORMAT,
    version: VERSION,
    exported_at: exportedAt,
    ruleset_dialect: dialect ?? null,
    resources: Object.fromEntries(RESOURCE_NAMES.map((name) => [name, resources[name].map(sorted)])),
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function readDocuments(name: string, value: Json | undefined): readonly Document[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new PolicyFileError(`resources.${name} must be a list of documents`);
  const ids = new Set<string>();
  for (const [index, doc] of (value as readonly Json[]).entries()) {
    const where = `resources.${name}[${index}]`;
    if (!isObject(doc)) throw new PolicyFileError(`${where} must be an object`);
    if (typeof doc.id !== 'string' || doc.id === '') throw new PolicyFileError(`${where} must have an id, a string`);
    if (ids.has(doc.id))
      throw new PolicyFileError(`${where} has the id ${doc.id}, which an earlier document has already`);
    ids.add(doc.id);
  }
  return (value as readonly Document[]).map(withoutStoreField);
}

/**
 * Reads the JSON value of a file, all of it checked. A resource that is missing is one without documents.
 * @throws PolicyFileError when it is not such a file, of an unknown version, or a part of it is malformed
 */
export function policyFileFromJson(value: Json): PolicyFile {
  if (!isObject(value) || value.format !== FORMAT)
    throw new PolicyFileError(`this is no file that \`dog-trainer export\` wrote: "format" must be "${FORMAT}"`);
  if (value.version !== VERSION)
    throw new PolicyFileError(
      `the file has version ${JSON.stringify(value.version ?? null)}; this program knows version ${VERSION}`,
    );
  const { exported_at: exportedAt, ruleset_dialect: dialect = null, resources } = value;
  if (typeof exportedAt !== 'number') throw new PolicyFileError('"exported_at" must be epoch seconds');
  if (dialect !== null && dialect !== 'dog1' && dialect !== 'dog2')
    throw new PolicyFileError('"ruleset_dialect" must be "dog1", "dog2" or null');
  if (!isObject(resources)) throw new PolicyFileError('"resources" must be an object of lists of documents');
  const unknown = Object.keys(resources).find((name) => !RESOURCE_NAMES.some((known) => known === name));
  if (unknown !== undefined)
    throw new PolicyFileError(`resources.${unknown} is not known; there are ${RESOURCE_NAMES.join(', ')}`);
  return {
    exportedAt,
    ...(dialect === null ? {} : { dialect }),
    resources: Object.fromEntries(
      RESOURCE_NAMES.map((name) => [name, readDocuments(name, resources[name])]),
    ) as unknown as PolicyFile['resources'],
  };
}
