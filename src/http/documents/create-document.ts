import type { Document, JsonObject } from '../../model/document.js';
import { schemaViolation } from '../../model/schema-verdict.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import { MAX_ID_LENGTH } from '../../resources/id-schema.js';
import type { ApiVersion, ResourceDeclaration } from '../../resources/resource.js';
import type { Change, Stored } from '../../store/store.js';
import { checkWrite } from '../checks/check-write.js';
import { needsOf } from '../checks/needs-of.js';
import type { Call } from '../route.js';
import { refuseBuiltin } from './builtin-documents.js';
import { commitOrThrow } from './commit.js';
import { inTurn } from './exclusive.js';
import { violationError } from './violation-error.js';

/** A new document, completed and checked against its schema; throws `data_invalid` or `exists`. */
export function completeNew(call: Call, model: ResourceDeclaration, sent: JsonObject): JsonObject {
  const doc = model.complete(sent, call.now, call.version);
  refuseNewFaults(model, doc, call.version);
  return doc;
}

/** Throws `data_invalid` or `exists` for a new document that can't be one. */
export function refuseNewFaults(model: ResourceDeclaration, doc: JsonObject, version: ApiVersion): void {
  refuseTooLarge(model, doc, undefined);
  const violation = schemaViolation(model.createSchema[version], doc);
  if (violation) throw violationError(violation);
  const { id } = doc;
  // Stores count bytes, schemas count characters.
  if (typeof id === 'string' && Buffer.byteLength(id) > MAX_ID_LENGTH) {
    const schema = { maxLength: MAX_ID_LENGTH };
    throw violationError({
      errorType: 'wrong_length',
      path: ['id'],
      value: id,
      schema,
      reason: `must have at most ${MAX_ID_LENGTH} bytes`,
    });
  }
  refuseBuiltin(model, doc);
}

/** Throws `data_invalid` for a document that is too large to be checked. */
export function refuseTooLarge(model: ResourceDeclaration, sent: JsonObject, before: Document | undefined): void {
  const finding = model.tooLarge?.(sent, before);
  if (finding) throw violationError(finding.violation);
}

/** A document as it was stored, and the warnings of the write. */
export interface Written extends Stored {
  readonly warnings: readonly WriteWarning[];
}

/** The step that writes a new document if its unique fields and its id are free. */
export function createStep(call: Call, model: ResourceDeclaration, doc: JsonObject): Change {
  return { op: 'create', table: model.name, doc, uniqueOn: model.uniqueOn[call.version] };
}

/**
 * Makes a new document of what was sent, together with the documents that belong to it. Throws what is wrong
 * with it: `data_invalid`, `exists`.
 */
export async function createDocument(call: Call, model: ResourceDeclaration, sent: JsonObject): Promise<Written> {
  const doc = completeNew(call, model, sent);
  return inTurn(call.exclusive, model, async () => {
    const warnings = await checkWrite(call.deps, model, doc, undefined);
    const { now, version } = call;
    const along = await model.companions?.created(doc, { ...needsOf(call.deps), now, version });
    const done = await commitOrThrow(call, [createStep(call, model, doc), ...(along ?? [])]);
    return { ...(done.stored[0] as Stored), warnings: [...warnings, ...done.warnings] };
  });
}
