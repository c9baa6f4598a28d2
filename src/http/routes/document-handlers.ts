import type { Document, JsonObject } from '../../model/document.js';
import { warningHeaders, warningsJson } from '../checks/write-warning.js';
import type { DocumentService, Shown } from '../documents/document-service.js';
import { sentObject } from '../documents/sent-object.js';
import { takenMeanwhile, takenName } from '../documents/taken-name.js';
import { emptyReply, jsonReply, locationOf, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { TEXT_TYPE } from '../media-type.js';
import { whenKnown } from '../when-known.js';
import { BASE } from './api-base.js';

/** Answers `GET /R`, by the query, and `GET /R/:id`. */
export function readDocument(call: Call, service: DocumentService): Reply | Promise<Reply> {
  const { id } = call.params;
  if (id !== undefined && call.accepts === TEXT_TYPE && service.text) return service.text(call);
  return whenKnown(id === undefined ? service.find(call) : service.read(call, id), shownReply);
}

function shownReply({ doc, tag }: Shown): Reply {
  return jsonReply(doc, 200, tag === undefined ? {} : { etag: tag });
}

/** Answers POST in v2: 201 with the document. An id in the path is ignored. */
export async function createInV2(call: Call, service: DocumentService): Promise<Reply> {
  const shown = await service.create(call, sentObject(call.body));
  return jsonReply(withWarnings(shown), 201, headersOf(call, service, shown));
}

/** Answers POST in v1: 201 with the id, or 303 with that of the document that already has the name. */
export async function createInV1(call: Call, service: DocumentService): Promise<Reply> {
  const sent = sentObject(call.body);
  const exists = (id: string): Reply =>
    jsonReply({ id, result: 'exists' }, 303, locationOf(`${BASE.v1}/${service.model.name}`, id));
  const taken = await takenName(call, service.model, sent);
  if (taken !== undefined) return exists(taken);
  try {
    const shown = await service.create(call, sent);
    return jsonReply({ id: shown.doc.id, result: 'created' }, 201, headersOf(call, service, shown));
  } catch (error) {
    const meanwhile = takenMeanwhile(error);
    if (meanwhile !== undefined) return exists(meanwhile);
    throw error;
  }
}

/** Answers PUT: 303 with the document, in v1 with its id alone. */
export async function updateDocumentReply(call: Call, service: DocumentService): Promise<Reply> {
  const shown = await service.update(call, call.params['id'] ?? '', sentObject(call.body));
  const body: JsonObject = call.version === 'v1' ? { id: shown.doc.id } : withWarnings(shown);
  return jsonReply(body, 303, headersOf(call, service, shown));
}

/** Answers DELETE: 204. */
export async function removeDocumentReply(call: Call, service: DocumentService): Promise<Reply> {
  const warnings = await service.remove(call, call.params['id'] ?? '');
  return { ...emptyReply, headers: warningHeaders(warnings) };
}

function headersOf(
  call: Call,
  service: DocumentService,
  { doc, tag, warnings = [] }: Shown & { readonly doc: Document },
): Readonly<Record<string, string>> {
  const headers = { ...locationOf(`${BASE[call.version]}/${service.model.name}`, doc.id), ...warningHeaders(warnings) };
  return tag === undefined ? headers : { ...headers, etag: tag };
}

function withWarnings({ doc, warnings = [] }: Shown): JsonObject {
  return warnings.length === 0 ? doc : { ...doc, warnings: warningsJson(warnings) };
}
