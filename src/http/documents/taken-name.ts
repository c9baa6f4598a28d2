import type { JsonObject } from '../../model/document.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { isBuiltinName } from './builtin-documents.js';
import { byName } from './find-document.js';

/**
 * The id of the document that has the name which a v1 POST asks for: v1 answers with that one, and ignores the rest
 * of the body (docs/http-api.md#documents). Names of built-in documents are taken too.
 */
export async function takenName(
  call: Call,
  model: ResourceDeclaration,
  { name }: JsonObject,
): Promise<string | undefined> {
  if (typeof name !== 'string') return undefined;
  if (isBuiltinName(model, name)) return name;
  return (await byName(call.deps.store, model, name))?.doc.id;
}

/** The id of the document that took the name just before the commit. */
export function takenMeanwhile(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.code !== 'exists' || error.body['field'] !== 'name') return undefined;
  const { id } = error.body;
  return typeof id === 'string' ? id : undefined;
}
