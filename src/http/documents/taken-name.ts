import { isBuiltinGroup } from '../../model/builtins.js';
import type { JsonObject } from '../../model/document.js';
import type { ResourceModel } from '../../model/resource-model.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { byName } from './find-document.js';

/**
 * The id of the document that has the name which a v1 POST asks for: v1 answers with that one, and looks at nothing
 * else of the body (docs/http-api.md#documents). Built-in groups have theirs.
 */
export async function takenName(call: Call, model: ResourceModel, { name }: JsonObject): Promise<string | undefined> {
  if (typeof name !== 'string') return undefined;
  if (model.name === 'group' && isBuiltinGroup(name)) return name;
  return (await byName(call.deps.store, model.name, name))?.doc.id;
}

/** The id of the document whose name was taken in the very moment of the commit. */
export function takenMeanwhile(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== 'exists' || error.body['field'] !== 'name') return undefined;
  const { id } = error.body;
  return typeof id === 'string' ? id : undefined;
}
