import type { Dialect } from '../firewall/dialect.js';
import type { Document, Json, JsonObject, PolicyTable, Resource } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import type { Finding, Verdict } from './checks/finding.js';
import type { GatherAddresses } from './views/builtin-groups.js';
import type { Watch } from './watch.js';

export type ApiVersion = 'v1' | 'v2';

/** A choice that differs between the two versions of the API. */
export type PerVersion<T> = Readonly<Record<ApiVersion, T>>;

/** What a declaration may look at beside the document that it is asked about. */
export interface Needs {
  /** All documents of a table, in the store's order. */
  readonly list: (table: Resource) => Promise<readonly Document[]>;
  /** Those whose field has the value, in the store's order. */
  readonly find: (table: Resource, field: string, value: string) => Promise<readonly Document[]>;
  /** The one of this id, at once where the store holds it in memory. */
  readonly get: (table: Resource, id: string) => Document | undefined | Promise<Document | undefined>;
  /** The addresses of groups and hosts together; the same object as long as it holds the same. */
  readonly gather: GatherAddresses;
  /** @throws while it is not known yet: read it only when needed */
  readonly dialect: () => Dialect;
}

/** What checks of a write may use beside that. */
export interface CheckNeeds extends Needs {
  /** Whether rulesets without sets are made too (`generate_unset_tables`). */
  readonly unsetTables: boolean;
  /** Whether the security groups of EC2 are kept as groups say (`ec2.mode: apply`). */
  readonly keepsSecurityGroups: boolean;
  /** Whether rules may name what does not exist (`api.unknown_references`). */
  readonly acceptsUnknown: () => boolean;
  /** Runs long work a slice at a time. */
  readonly run: <Result>(work: Generator<void, Result>) => Promise<Result>;
}

/** One of the tables of the `dog` database: what the store and the world need to know of it. */
export interface TableDeclaration {
  readonly name: PolicyTable;
  /** Fields that every store indexes (docs/rethinkdb.md#the-database). */
  readonly indexes: readonly string[];
  /** Rows grow with what agents report, so a store that opens keeps those over its bounds from filling the memory. */
  readonly reportedByAgents?: true;
  /**
   * Made even in a database that was in use, where a table that is missing usually was dropped
   * (docs/rethinkdb.md#what-is-missing-is-made): an empty one must take nothing from any host. For a resource that
   * databases of other servers may lack.
   */
  readonly madeInOldDatabases?: true;
  /** The world holds its rows, and a change of them makes something stale. Absent: no rule or set rests on the table. */
  readonly watch?: Watch;
}

/** A table that the world holds. */
export interface Watched {
  readonly watch: Watch;
}

/**
 * What one resource is. Routes, lists, the OpenAPI document, checks of writes, stores, export and import, the world and
 * its watchers read it; `usual` fills in what most have in common.
 */
export interface ResourceDeclaration extends TableDeclaration {
  readonly name: Resource;
  /** Path segment of its list. */
  readonly plural: string;
  readonly schema: JsonSchema;
  /** Its documents say what must be let through, or must not: whether they hold is told with the answer of a write. */
  readonly isAsserted?: true;
  /** v1 does not offer it: no client of v1 knows it. */
  readonly onlyInV2?: true;

  // Writing

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
  /** Fills in what a new document lacks and sets what the server decides. `now`: epoch seconds. */
  readonly complete: (doc: JsonObject, now: number, version: ApiVersion) => JsonObject;
  /** What the server sets on every update, after the merge. `now`: epoch seconds; `before`: the stored document. */
  readonly touch?: (doc: JsonObject, now: number, before?: JsonObject) => JsonObject;
  /** The form in which an updated document is held against the schema, where it is not the one that is stored. */
  readonly asChecked?: (doc: JsonObject, before: Document) => JsonObject;
  /** The fault of a document that is too large to be checked. Looked at before its schema is. */
  readonly tooLarge?: (sent: JsonObject, before: Document | undefined) => Finding | undefined;
  /**
   * What the schema can't see: what the kernel would refuse, other documents, and what a write is let through with.
   * `before`: the stored document; what it holds already may stay, so that old data can be mended piece by piece.
   */
  readonly check?: (doc: JsonObject, before: Document | undefined, needs: CheckNeeds) => Promise<Verdict>;
  /** Writes look at other documents, or write one along: one after the other. Absent: the commit alone is enough. */
  readonly writtenInTurn?: true;
  /** What is written and removed together with a document of this resource. */
  readonly companions?: Companions;

  // Removing

  /** Who uses a document and so keeps it from being removed. */
  readonly usedBy?: Users;
  /** What keeps a document from being removed by itself: members of the answer's `errors`. Asked inside the commit. */
  readonly staysWhile?: (doc: Document) => JsonObject | undefined;

  // Reading

  /** Documents that exist without being stored (docs/http-api.md#built-in-documents). */
  readonly builtins?: Builtins;
  /** `GET /R?name=` finds only such documents. */
  readonly foundByName?: (doc: Document) => boolean;
  /** A field beside `name` that `GET /R?field=` finds a document by; needs an index. */
  readonly alsoFoundBy?: { readonly field: string; readonly description: string };
  /** Secrets inside are shown as `[redacted]` to those who may not see them, and the mark is no new value on PUT. */
  readonly hidesSecrets?: true;
  /** Keys of an item in the v1 list, those present; `all`: whole documents. */
  readonly v1Item: readonly string[] | 'all';
  /** Whether `GET /Rs/schema` answers. */
  readonly listsSchema: PerVersion<boolean>;
  readonly list?: ListDeclaration;
  readonly subs?: SubResources;
  /** Its form as Terraform text; absent: it has none. */
  readonly terraform?: Terraform;
}

/** A resource that rules or sets rest on. */
export type WatchedResource = ResourceDeclaration & Watched;

export interface Companions {
  /** Documents that come with a new one. */
  readonly created: (doc: JsonObject, moment: Moment) => Promise<readonly NewCompanion[]>;
  /** Documents that go with one. */
  readonly removed: (doc: Document, needs: Needs) => Promise<readonly GoneCompanion[]>;
}

export interface Moment extends Needs {
  /** Epoch seconds. */
  readonly now: number;
  readonly version: ApiVersion;
}

/** A step of the same commit. */
export interface NewCompanion {
  readonly op: 'create';
  readonly table: Resource;
  readonly doc: JsonObject;
  readonly uniqueOn: readonly string[];
}

/** A step of the same commit. */
export interface GoneCompanion {
  readonly op: 'remove';
  readonly table: Resource;
  readonly id: string;
}

export interface Users {
  /** The versions of the API that look; the two look at different tables. */
  readonly versions: readonly ApiVersion[];
  /** The member of the answer's `errors` that holds the ids. */
  readonly reason: string;
  /** Ids of the users. */
  readonly of: (id: string, needs: Needs) => Promise<readonly string[]>;
}

export interface Builtins {
  /** Ids that can be read, and neither made, changed nor removed. */
  readonly ids: readonly string[];
  /** Names that count as taken. */
  readonly names: readonly string[];
  /** Those of them that are always the same, by id; the others are worked out by the resource's own service. */
  readonly documents: ReadonlyMap<string, Document>;
}

/** A yes-or-no parameter of the v2 list. */
export interface ListFlag {
  readonly name: string;
  readonly description: string;
}

export interface ListDeclaration {
  /** In v2 it comes in pages, narrowed by state, group and text, where the query asks for that. */
  readonly inPages?: true;
  readonly flags?: readonly ListFlag[];
  /** The items of the v2 list; `set` has the flags that are true. Absent: all documents as they are stored. */
  readonly select?: (
    documents: readonly Document[],
    set: ReadonlySet<string>,
    needs: Needs,
  ) => Promise<readonly JsonObject[]>;
  /** Items that the list has after those, in each version: `documents` are all that are stored. */
  readonly more?: PerVersion<(documents: readonly Document[], needs: Needs) => Promise<readonly JsonObject[]>>;
  /** `GET /Rs/:view`, by view. */
  readonly views?: Readonly<Record<string, (documents: readonly Document[]) => Json>>;
  /** v2 answers any view with the list itself. */
  readonly anyViewInV2?: true;
}

export interface SubResources {
  /** What there is, for the OpenAPI document. */
  readonly summary: string;
  /** Of a stored document, in both versions; what a resource's own service answers stands there. */
  readonly of: Readonly<Record<string, (doc: Document, needs: Needs) => Json | Promise<Json>>>;
}

/** How a document is printed for the Terraform provider (docs/http-api.md#sub-resources). */
export interface Terraform {
  /** Whether `GET /R/:id/hcl` answers. */
  readonly served: PerVersion<boolean>;
  /** The provider's attributes, in the order in which they are printed. */
  readonly attributes: readonly string[];
  /** Attributes that are always printed so, whatever the document holds. */
  readonly fixed?: JsonObject;
  /** Attributes that are called otherwise than their field, by field. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** What a document posted to `/api/hcl/R` must hold; absent: what the schema requires. */
  readonly needs?: readonly string[];
}
