import type { JsonObject, Resource } from './document.js';
import type { JsonSchema } from './json-schema.js';

export type ApiVersion = 'v1' | 'v2';

/** A choice that differs between the two versions of the API. */
export type PerVersion<T> = Readonly<Record<ApiVersion, T>>;

/** What one resource is, as data: the handlers of both API versions, the OpenAPI document and the checks follow from it. */
export interface ResourceModel {
  readonly name: Resource;
  /** Path segment of its list. */
  readonly plural: string;
  readonly schema: JsonSchema;
  /** Fields that no two documents share at creation (docs/decisions/0017-names-are-unique-on-creation-only.md). */
  readonly uniqueOn: PerVersion<readonly string[]>;
  /**
   * What a new document must keep: the schema, or less, where v1 never validated on POST (docs/http-api.md#resources).
   */
  readonly createSchema: PerVersion<JsonSchema>;
  /**
   * How PUT stores (docs/http-api.md#how-put-merges): `replace`: the stored top-level keys are replaced by the sent
   * ones; `deep`: nested objects are merged, arrays replaced. Both validate the `replace` result.
   */
  readonly merge: 'replace' | 'deep';
  /** Paths of values that a PUT drops unless it sends the first key of the path. */
  readonly droppedOnPut: PerVersion<readonly (readonly string[])[]>;
  /** Keys of an item in the v1 list, those present; `all`: whole documents. */
  readonly v1Item: readonly string[] | 'all';
  /** Whether `GET /Rs/schema` answers. */
  readonly listsSchema: PerVersion<boolean>;
  /** Whether `GET /R/:id/hcl` answers. */
  readonly hcl: PerVersion<boolean>;
  /** Fills in what a new document lacks and sets what the server decides. `now`: epoch seconds. */
  readonly complete: (doc: JsonObject, now: number, version: ApiVersion) => JsonObject;
  /** What the server sets on every update, after the merge. `now`: epoch seconds. */
  readonly touch?: (doc: JsonObject, now: number) => JsonObject;
}
