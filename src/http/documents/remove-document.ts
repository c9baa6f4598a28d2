import type { Document, JsonObject } from '../../model/document.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import type { Change, Stored } from '../../store/store.js';
import { needsOf } from '../checks/needs-of.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { isBuiltinId } from './builtin-documents.js';
import { commitOrThrow } from './commit.js';
import { byId, notFound } from './find-document.js';
import { checkIfMatch, entityTag } from './preconditions.js';
import { refusal } from './refusal.js';

/** The document that a DELETE is about. Throws `builtin` or `not_found`. */
export async function documentToRemove(call: Call, model: ResourceDeclaration, id: string): Promise<Stored> {
  if (isBuiltinId(model, id)) throw new ApiError('builtin', { id });
  const current = await byId(call.deps.store, model.name, id);
  if (!current) throw notFound(model.name, 'with this id');
  return current;
}

/**
 * Removes a document and those that belong to it. Gives what it was let through with. Throws `in_use`
 * with its users (docs/http-api.md#documents).
 */
export async function removeDocument(
  call: Call,
  model: ResourceDeclaration,
  id: string,
): Promise<readonly WriteWarning[]> {
  return call.exclusive(async () => {
    const current = await documentToRemove(call, model, id);
    const exact = checkIfMatch(call.headers['if-match'], entityTag(current));
    const users = await usersOf(call, model, id);
    if (users) throw inUse(users);
    const along = await model.companions?.removed(current.doc, needsOf(call.deps));
    const step = removeStep(model, id, exact ? current.revision : undefined);
    return (await commitOrThrow(call, [step, ...(along ?? [])])).warnings;
  });
}

/** The step that removes a document; its users are checked inside the commit, so that a change a moment ago counts. */
export function removeStep(model: ResourceDeclaration, id: string, ifRevision: number | undefined): Change {
  const { name, staysWhile } = model;
  const guard = (doc: Document) => {
    const errors = staysWhile?.(doc);
    return errors && refusal(inUse(errors));
  };
  return {
    op: 'remove',
    table: name,
    id,
    ...(ifRevision === undefined ? {} : { ifRevision }),
    ...(staysWhile ? { guard } : {}),
  };
}

/** The refusal to remove a document in use. */
export function inUse(errors: JsonObject): ApiError {
  return new ApiError('in_use', {}, { body: { errors } });
}

/** Why a document can't go: the reason, and the ids of its users. v1 and v2 look at different tables. */
export async function usersOf(
  { version, deps }: Pick<Call, 'version' | 'deps'>,
  { usedBy }: Pick<ResourceDeclaration, 'usedBy'>,
  id: string,
): Promise<JsonObject | undefined> {
  if (!usedBy?.versions.includes(version)) return undefined;
  const ids = await usedBy.of(id, needsOf(deps));
  return ids.length === 0 ? undefined : { [usedBy.reason]: ids };
}
