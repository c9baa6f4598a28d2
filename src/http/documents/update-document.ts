import type { Document, JsonObject } from '../../model/document.js';
import { schemaViolation } from '../../model/schema-verdict.js';
import { mergePut } from '../../resources/merge.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { unredact } from '../../store/redact.js';
import type { Change, Stored } from '../../store/store.js';
import { checkWrite } from '../checks/check-write.js';
import { ApiError } from '../errors.js';
import type { Call } from '../route.js';
import { isBuiltinId } from './builtin-documents.js';
import { commitOrThrow } from './commit.js';
import { refuseTooLarge, type Written } from './create-document.js';
import { byId } from './find-document.js';
import { checkIfMatch, entityTag } from './preconditions.js';
import { inTurn } from './exclusive.js';
import { refusal } from './refusal.js';
import { shareLists } from './share-lists.js';
import { violationError } from './violation-error.js';

/** The document that a PUT is about. Throws `not_updated` or `not_found_on_update` (docs/http-api.md#documents). */
export async function documentToUpdate(
  call: Call,
  model: ResourceDeclaration,
  id: string,
  sent: JsonObject,
): Promise<Stored> {
  if (isBuiltinId(model, id)) throw new ApiError('not_updated');
  const current = await byId(call.deps.store, model.name, id);
  if (!current) throw new ApiError('not_found_on_update');
  if (sent['id'] !== undefined && sent['id'] !== id) throw new ApiError('not_updated');
  if (!Object.hasOwn(sent, 'name')) {
    const schema = { required: ['name'] };
    throw violationError({ errorType: 'missing_required_property', path: [], value: 'name', schema });
  }
  return current;
}

/** The document after a PUT; throws `data_invalid`. */
export function mergeValid(call: Call, model: ResourceDeclaration, current: Document, sent: JsonObject): Document {
  const meant = model.hidesSecrets ? (unredact(sent, current) as JsonObject) : sent;
  refuseTooLarge(model, sent, current);
  const { checked, stored } = mergePut(model, call.version, current, meant, call.now);
  const violation = schemaViolation(model.schema, model.asChecked?.(checked, current) ?? checked, current);
  if (violation) throw violationError(violation);
  return stored;
}

/** What a PUT makes of a document. */
interface Merged {
  readonly current: Document;
  readonly merged: Document;
}

/**
 * The step that stores a merged PUT; if the store runs it again, it runs on the newer document. `known`: what was made of
 * a document before, which is not merged and checked a second time while it is the stored one.
 */
export function updateStep(
  call: Call,
  model: ResourceDeclaration,
  id: string,
  sent: JsonObject,
  ifRevision?: number,
  known?: Merged,
): Change {
  return {
    op: 'edit',
    table: model.name,
    id,
    ...(ifRevision === undefined ? {} : { ifRevision }),
    edit: (current) => {
      if (current === known?.current) return known.merged;
      try {
        return mergeValid(call, model, current, sent);
      } catch (error) {
        if (error instanceof ApiError) return refusal(error);
        throw error;
      }
    },
  };
}

/** Updates a document with what was sent. Throws what is wrong with it. */
export async function updateDocument(
  call: Call,
  model: ResourceDeclaration,
  id: string,
  sent: JsonObject,
): Promise<Written> {
  return inTurn(call.exclusive, model, async () => {
    const current = await documentToUpdate(call, model, id, sent);
    const exact = checkIfMatch(call.headers['if-match'], entityTag(current));
    const merged = mergeValid(call, model, current.doc, shareLists(sent, current.doc));
    const warnings = await checkWrite(call.deps, model, merged, current.doc);
    const known = { current: current.doc, merged };
    const step = updateStep(call, model, id, sent, exact ? current.revision : undefined, known);
    const done = await commitOrThrow(call, [step]);
    return { ...(done.stored[0] as Stored), warnings: [...warnings, ...done.warnings] };
  });
}
