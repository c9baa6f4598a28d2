import type { JsonObject } from '../../model/document.js';
import { groupsWithProfile, profilesNaming, profilesWithRuleset } from '../../model/references.js';
import type { ResourceModel } from '../../model/resource-model.js';
import type { Document } from '../../model/document.js';
import type { Change, Store, Stored } from '../../store/store.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { isBuiltinId } from './builtin-documents.js';
import { commitOrThrow } from './commit.js';
import { byId, notFound } from './find-document.js';
import { removeExternalOfLink } from './link-external.js';
import { checkIfMatch, entityTag } from './preconditions.js';
import { refusal } from './refusal.js';

/** The document that a DELETE is about. Throws `builtin` or `not_found`. */
export async function documentToRemove(call: Call, model: ResourceModel, id: string): Promise<Stored> {
  if (isBuiltinId(model.name, id)) throw new ApiError('builtin', { id });
  const current = await byId(call.deps.store, model.name, id);
  if (!current) throw notFound(model.name, 'with this id');
  return current;
}

/** Removes a document, with what goes with it. Throws `in_use` with who uses it (docs/http-api.md#documents). */
export async function removeDocument(call: Call, model: ResourceModel, id: string): Promise<void> {
  await call.exclusive(async () => {
    const current = await documentToRemove(call, model, id);
    const exact = checkIfMatch(call.headers['if-match'], entityTag(current));
    const users = await usersOf(call, model, current.doc);
    if (users) throw inUse(users);
    const along = model.name === 'link' ? await removeExternalOfLink(call, current.doc) : [];
    await commitOrThrow(call, [removeStep(model, id, exact ? current.revision : undefined), ...along]);
  });
}

/** The step that removes a document; an enabled link stays, whoever enabled it a moment ago. */
export function removeStep(model: ResourceModel, id: string, ifRevision: number | undefined): Change {
  return {
    op: 'remove',
    table: model.name,
    id,
    ...(ifRevision === undefined ? {} : { ifRevision }),
    ...(model.name === 'link'
      ? {
          guard: (link: Document) =>
            link['enabled'] === true ? refusal(inUse({ 'unable to delete': 'link enabled' })) : undefined,
        }
      : {}),
  };
}

/** The refusal to remove what others use. */
export function inUse(errors: JsonObject): ApiError {
  return new ApiError('in_use', {}, { body: { errors } });
}

/** Why a document can't go: the reason, and the ids of its users. v1 and v2 look at different tables. */
async function usersOf({ version, deps }: Call, model: ResourceModel, doc: Document): Promise<JsonObject | undefined> {
  const { store } = deps;
  switch (model.name) {
    case 'zone':
    case 'group':
      if (version === 'v2') return undefined;
      return reason(
        'in active profile',
        profilesNaming(doc.id, await all(store, 'ruleset'), await all(store, 'profile')),
      );
    case 'profile':
      if (version === 'v2') return undefined;
      return reason('associated with group', groupsWithProfile(doc.id, await all(store, 'group')));
    case 'ruleset':
      if (version === 'v1') return undefined;
      return reason('associated with profile', profilesWithRuleset(doc.id, await all(store, 'profile')));
    default:
      return undefined;
  }
}

function reason(text: string, ids: readonly string[]): JsonObject | undefined {
  return ids.length === 0 ? undefined : { [text]: ids };
}

async function all(store: Store, table: 'group' | 'profile' | 'ruleset'): Promise<readonly Document[]> {
  return (await store.list(table)).map(({ doc }) => doc);
}
