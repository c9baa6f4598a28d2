import type { Resource } from '../../model/document.js';
import { MAX_ID_LENGTH } from '../../resources/id-schema.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { RESOURCES } from '../../resources/resources.js';
import type { Store, Stored } from '../../store/store.js';
import { ApiError } from '../errors.js';

/** The 404 of a document. */
export function notFound(resource: Resource, what: string): ApiError {
  return new ApiError('not_found', { what: `${resource} ${what}` });
}

/**
 * The document with the id, at once where the store holds it in memory; undefined when there is none, or when the id is too
 * long.
 */
export function byId(
  store: Pick<Store, 'get' | 'held'>,
  resource: Resource,
  id: string,
): Stored | undefined | Promise<Stored | undefined> {
  if (Buffer.byteLength(id) > MAX_ID_LENGTH) return undefined;
  return store.held === undefined ? store.get(resource, id) : store.held(resource, id);
}

/** The first document of that name, among those that can be found by name. */
export async function byName(
  store: Store,
  { name: resource, foundByName = () => true }: ResourceDeclaration,
  name: string,
): Promise<Stored | undefined> {
  return (await store.find(resource, 'name', name)).find(({ doc }) => foundByName(doc));
}

/** Every field besides `name` by which documents of some resource are found. */
const OTHER_FIELDS: readonly string[] = [...RESOURCES.values()].flatMap(({ alsoFoundBy }) => alsoFoundBy?.field ?? []);

/**
 * The document that the query of `GET /R` asks for (docs/http-api.md#documents): by `name` or the
 * other field of the resource. Throws 404 where there is none, and for every query that names no field or too many.
 */
export async function byQuery(
  store: Store,
  model: ResourceDeclaration,
  query: URLSearchParams,
  version: 'v1' | 'v2',
): Promise<Stored> {
  const { name: resource, alsoFoundBy } = model;
  const names = query.getAll('name');
  if (version === 'v2' && names.length > 1) throw notFound(resource, 'named by several names');
  const [name] = names;
  const other = OTHER_FIELDS.find((field) => query.has(field));
  if (name !== undefined && other !== undefined) throw notFound(resource, `by name and ${other} at once`);
  if (name !== undefined) {
    const found = await byName(store, model, name);
    if (found) return found;
    throw notFound(resource, `with the name ${JSON.stringify(name.slice(0, 100))}`);
  }
  const value = alsoFoundBy && query.get(alsoFoundBy.field);
  if (alsoFoundBy === undefined || typeof value !== 'string') throw notFound(resource, 'without a name');
  const { field } = alsoFoundBy;
  const [found] = await store.find(resource, field, value);
  if (found) return found;
  throw notFound(resource, `with the ${field} ${JSON.stringify(value.slice(0, 100))}`);
}
