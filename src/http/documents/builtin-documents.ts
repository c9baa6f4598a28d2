import { isBuiltinGroup, SERVICE_ANY } from '../../model/builtins.js';
import type { JsonObject, Resource } from '../../model/document.js';
import { existsError } from './commit.js';

/** Whether a document of that id is built in: readable, but nothing can change or remove it. */
export function isBuiltinId(resource: Resource, id: unknown): boolean {
  if (resource === 'group') return isBuiltinGroup(id) || id === 'any';
  return resource === 'service' && id === SERVICE_ANY.id;
}

/** Throws 409 where a new document takes a built-in id or group name (docs/http-api.md#built-in-documents). */
export function refuseBuiltin(resource: Resource, { id, name }: JsonObject): void {
  if (resource === 'group' && isBuiltinGroup(name)) throw existsError('name', name);
  if (typeof id === 'string' && isBuiltinId(resource, id)) throw existsError('id', id);
}
