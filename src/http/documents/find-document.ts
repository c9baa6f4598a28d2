import type { Resource } from '../../model/document.js';
import { MAX_ID_LENGTH } from '../../model/schemas/id-schema.js';
import type { Store, Stored } from '../../store/store.js';
import { ApiError } from '../errors.js';

/** The 404 of a document. */
export function notFound(resource: Resource, what: string): ApiError {
  return new ApiError('not_found', { what: `${resource} ${what}` });
}

/** The document with the id; undefined when there is none, or when the id is longer than any id can be. */
export async function byId(store: Store, resource: Resource, id: string): Promise<Stored | undefined> {
  return Buffer.byteLength(id) > MAX_ID_LENGTH ? undefined : store.get(resource, id);
}

/** The first document of that name; of hosts only active ones are found by name (docs/http-api.md#host). */
export async function byName(store: Store, resource: Resource, name: string): Promise<Stored | undefined> {
  const found = await store.find(resource, 'name', name);
  return resource === 'host' ? found.find(({ doc }) => doc['active'] === 'active') : found[0];
}

/**
 * The document that the query of `GET /R` asks for (docs/http-api.md#documents): by `name` or, hosts, by `hostkey`.
 * Throws 404 where there is none, and for every query that names none or too much.
 */
export async function byQuery(
  store: Store,
  resource: Resource,
  query: URLSearchParams,
  version: 'v1' | 'v2',
): Promise<Stored> {
  const names = query.getAll('name');
  const hostkeys = query.getAll('hostkey');
  if (version === 'v2' && names.length > 1) throw notFound(resource, 'named by several names');
  const [name] = names;
  const [hostkey] = hostkeys;
  if (name !== undefined && hostkey !== undefined) throw notFound(resource, 'by name and hostkey at once');
  if (name !== undefined) {
    const found = await byName(store, resource, name);
    if (found) return found;
    throw notFound(resource, `with the name ${JSON.stringify(name.slice(0, 100))}`);
  }
  if (hostkey === undefined || resource !== 'host') throw notFound(resource, 'without a name');
  const [found] = await store.find(resource, 'hostkey', hostkey);
  if (found) return found;
  throw notFound(resource, `with the hostkey ${JSON.stringify(hostkey.slice(0, 100))}`);
}
