import type { JsonObject } from '../../model/document.js';
import { MAX_ID_LENGTH } from '../../model/schemas/id-schema.js';
import type { ResourceModel } from '../../model/resource-model.js';
import { schemaViolation } from '../../model/schema-verdict.js';
import type { Change, Stored } from '../../store/store.js';
import { checkWrite } from '../checks/check-write.js';
import { serviceSize } from '../checks/check-service-size.js';
import type { WriteWarning } from '../checks/write-warning.js';
import type { Call } from '../route.js';
import { refuseBuiltin } from './builtin-documents.js';
import { commitOrThrow } from './commit.js';
import { inTurn } from './exclusive.js';
import { externalForLink } from './link-external.js';
import { violationError } from './violation-error.js';

/** A new document, completed and checked against its schema; throws `data_invalid` or `exists`. */
export function completeNew(call: Call, model: ResourceModel, sent: JsonObject): JsonObject {
  const doc = model.complete(sent, call.now, call.version);
  refuseLargeService(model, doc);
  const violation = schemaViolation(model.createSchema[call.version], doc);
  if (violation) throw violationError(violation);
  const { id } = doc;
  // Stores count bytes, a schema characters.
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
  refuseBuiltin(model.name, doc);
  return doc;
}

/** Throws `data_invalid` for a service of too many entries: checking its schema alone would take too long. */
export function refuseLargeService(model: ResourceModel, sent: JsonObject): void {
  const finding = model.name === 'service' ? serviceSize(sent) : undefined;
  if (finding) throw violationError(finding.violation);
}

/** A document as it was stored, and what the write was let through with. */
export interface Written extends Stored {
  readonly warnings: readonly WriteWarning[];
}

/** The step that writes a new document if its unique fields and its id are free. */
export function createStep(call: Call, model: ResourceModel, doc: JsonObject): Change {
  return { op: 'create', table: model.name, doc, uniqueOn: model.uniqueOn[call.version] };
}

/**
 * Makes a new document of what was sent, together with what comes with it (a link's external). Throws what is wrong
 * with it: `data_invalid`, `exists`.
 */
export async function createDocument(call: Call, model: ResourceModel, sent: JsonObject): Promise<Written> {
  const doc = completeNew(call, model, sent);
  return inTurn(call.exclusive, model.name, async () => {
    const warnings = await checkWrite(call.deps, model.name, doc, undefined);
    const along = model.name === 'link' ? await externalForLink(call, doc) : [];
    const [stored] = await commitOrThrow(call, [createStep(call, model, doc), ...along]);
    return { ...(stored as Stored), warnings };
  });
}
