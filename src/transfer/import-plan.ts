import type { Document, Resource } from '../model/document.js';
import { sameJson } from '../model/same-json.js';
import { declarationOf, RESOURCE_NAMES } from '../resources/resources.js';
import type { Change, Stored } from '../store/store.js';
import type { PolicyFile } from './policy-file.js';

/** What becomes of one document. `kept`: it is in the store, not in the file, and stays. */
export interface ImportItem {
  readonly resource: Resource;
  readonly id: string;
  /** Its name, as far as it has one, for people. */
  readonly name: string;
  readonly becomes: 'created' | 'changed' | 'unchanged' | 'kept' | 'removed';
}

/** A document of the file that is refused: another document, which stays in the store, has its name. */
export interface ImportClash {
  readonly resource: Resource;
  readonly id: string;
  readonly field: string;
  readonly value: string;
  /** The one that has it. */
  readonly holder: string;
}

/** What an import does to the stored documents. With clashes nothing may be written. */
export interface ImportPlan {
  readonly items: readonly ImportItem[];
  readonly clashes: readonly ImportClash[];
  /** One atomic commit; refused as a whole when anything it depends on has changed since the store was read. */
  readonly changes: readonly Change[];
}

export type StoredPolicy = Readonly<Record<Resource, readonly Stored[]>>;

function nameOf({ name }: Document): string {
  return typeof name === 'string' ? name : '';
}

/**
 * Compares a file with what a store holds. A document replaces the one with its id. Names (hostkeys of hosts) must
 * differ from those of stored documents that are not in the file; duplicates inside the file are old data, and are
 * imported as they are.
 * `replace`: what the file does not have is removed.
 */
export function planImport(file: PolicyFile, there: StoredPolicy, options: { readonly replace: boolean }): ImportPlan {
  const plans = RESOURCE_NAMES.map((resource) =>
    planResource(resource, file.resources[resource], there[resource], options.replace),
  );
  // Names are freed before they are taken: removals first, then changes, then what is new.
  const steps = (op: Change['op']): readonly Change[] =>
    plans.flatMap(({ changes }) => changes.filter((change) => change.op === op));
  return {
    items: plans.flatMap(({ items }) => items),
    clashes: plans.flatMap(({ clashes }) => clashes),
    changes: [...steps('remove'), ...steps('edit'), ...steps('create')],
  };
}

function planResource(
  resource: Resource,
  documents: readonly Document[],
  there: readonly Stored[],
  replace: boolean,
): ImportPlan {
  const known = new Map(there.map((stored) => [stored.doc.id, stored]));
  const coming = new Set(documents.map(({ id }) => id));
  const fields = declarationOf(resource).uniqueOn.v2;
  const staying = there.filter(({ doc }) => !coming.has(doc.id));
  const clashWith = replace ? () => undefined : clashFinder(resource, fields, staying);
  const twins = new Set(fields.flatMap((field) => doubles(documents, field)));
  const items: ImportItem[] = [];
  const clashes: ImportClash[] = [];
  const changes: Change[] = [];
  for (const doc of documents) {
    const { id } = doc;
    const before = known.get(id);
    const becomes = before === undefined ? 'created' : sameJson(before.doc, doc) ? 'unchanged' : 'changed';
    items.push({ resource, id, name: nameOf(doc), becomes });
    if (becomes === 'unchanged') continue;
    const clash = clashWith(doc);
    if (clash !== undefined) clashes.push(clash);
    changes.push(
      before === undefined
        ? { op: 'create', table: resource, doc, uniqueOn: twins.has(doc) ? [] : fields }
        : { op: 'edit', table: resource, id, ifRevision: before.revision, edit: () => doc },
    );
  }
  for (const { doc, revision } of staying) {
    items.push({ resource, id: doc.id, name: nameOf(doc), becomes: replace ? 'removed' : 'kept' });
    if (replace) changes.push({ op: 'remove', table: resource, id: doc.id, ifRevision: revision });
  }
  return { items, clashes, changes };
}

function clashFinder(resource: Resource, fields: readonly string[], staying: readonly Stored[]) {
  const holders = new Map<string, string>();
  for (const { doc } of staying) {
    for (const field of fields) if (typeof doc[field] === 'string') holders.set(`${field}\0${doc[field]}`, doc.id);
  }
  return (doc: Document): ImportClash | undefined => {
    for (const field of fields) {
      const value = doc[field];
      if (typeof value !== 'string') continue;
      const holder = holders.get(`${field}\0${value}`);
      if (holder !== undefined) return { resource, id: doc.id, field, value, holder };
    }
    return undefined;
  };
}

/** Documents that share the field's value with another one of the list. */
function doubles(documents: readonly Document[], field: string): readonly Document[] {
  const byValue = new Map<string, Document[]>();
  for (const doc of documents) {
    const value = doc[field];
    if (value === undefined) continue;
    const key = JSON.stringify(value);
    const same = byValue.get(key);
    if (same === undefined) byValue.set(key, [doc]);
    else same.push(doc);
  }
  return [...byValue.values()].filter(({ length }) => length > 1).flat();
}
