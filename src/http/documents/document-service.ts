import type { Document, JsonObject, Resource } from '../../model/document.js';
import type { ResourceModel } from '../../model/resource-model.js';
import { resourceModel } from '../../model/resources.js';
import { isList, isObject } from '../../model/validate.js';
import type { Stored } from '../../store/store.js';
import { showLink } from '../access/show-link.js';
import type { WriteWarning } from '../checks/write-warning.js';
import type { Call } from '../route.js';
import { createDocument, type Written } from './create-document.js';
import { byId, byQuery, notFound } from './find-document.js';
import { entityTag } from './preconditions.js';
import { removeDocument } from './remove-document.js';
import { updateDocument } from './update-document.js';

/** A document as a version of the API shows it, with its entity tag; built-in ones have none. */
export interface Shown {
  readonly doc: JsonObject;
  readonly tag?: string;
  /** What a write was let through with. */
  readonly warnings?: readonly WriteWarning[];
}

/** What the handlers ask of a resource; v1 profiles, which hide rulesets inside, and groups, some built in, have their own. */
export interface DocumentService {
  readonly model: ResourceModel;
  read(call: Call, id: string): Promise<Shown>;
  find(call: Call): Promise<Shown>;
  create(call: Call, sent: JsonObject): Promise<Shown & { readonly doc: Document }>;
  update(call: Call, id: string, sent: JsonObject): Promise<Shown & { readonly doc: Document }>;
  remove(call: Call, id: string): Promise<void>;
}

/** The service of a resource that shows its documents as they are. */
export function plainService(resource: Resource): DocumentService {
  const model = resourceModel(resource);
  const shown = (stored: { readonly doc: Document; readonly revision: number }) => ({
    doc: stored.doc,
    tag: entityTag(stored),
  });
  const shownTo = (call: Call, stored: Stored) =>
    shown(resource === 'link' ? { ...stored, doc: showLink(call, stored.doc) } : stored);
  const written = (stored: Written) => ({ ...shown(stored), warnings: stored.warnings });
  return {
    model,
    read: async (call, id) => {
      const stored = await byId(call.deps.store, resource, id);
      if (!stored) throw notFound(resource, 'with this id');
      return shownTo(call, stored);
    },
    find: async (call) => shownTo(call, await byQuery(call.deps.store, resource, call.query, call.version)),
    create: async (call, sent) => written(await createDocument(call, model, withoutWarnings(sent))),
    update: async (call, id, sent) => written(await updateDocument(call, model, id, withoutWarnings(sent))),
    remove: (call, id) => removeDocument(call, model, id),
  };
}

/** A client that sends back what a write was answered must not make its warnings part of the document. */
function withoutWarnings(sent: JsonObject): JsonObject {
  const { warnings, ...rest } = sent;
  const ours = isList(warnings) && warnings.every((one) => isObject(one) && 'path' in one && 'reason' in one);
  return ours ? rest : sent;
}
