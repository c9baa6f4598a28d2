import type { Document, JsonObject, Resource } from '../../model/document.js';
import { isList, isObject } from '../../model/validate.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { declarationOf } from '../../resources/resources.js';
import type { Stored } from '../../store/store.js';
import { showSecrets } from '../access/show-secrets.js';
import { needsOf } from '../checks/needs-of.js';
import type { ErrorCode } from '../errors.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { whenKnown } from '../when-known.js';
import { createDocument, type Written } from './create-document.js';
import { byId, byQuery, notFound } from './find-document.js';
import { entityTag } from './preconditions.js';
import { removeDocument } from './remove-document.js';
import { updateDocument } from './update-document.js';

/** A document as a version of the API shows it, with its entity tag; built-in ones have none. */
export interface Shown {
  readonly doc: JsonObject;
  readonly tag?: string;
  /** The warnings of an accepted write. */
  readonly warnings?: readonly WriteWarning[];
}

/** What the handlers call for a resource. `services.ts` lists the resources that have one of their own. */
export interface DocumentService {
  readonly model: ResourceDeclaration;
  read(call: Call, id: string): Shown | Promise<Shown>;
  find(call: Call): Promise<Shown>;
  create(call: Call, sent: JsonObject): Promise<Shown & { readonly doc: Document }>;
  update(call: Call, id: string, sent: JsonObject): Promise<Shown & { readonly doc: Document }>;
  /** Gives what it was let through with. */
  remove(call: Call, id: string): Promise<readonly WriteWarning[]>;
  /** Answers `GET /R/:id/:sub`, HCL apart; undefined: there is no such sub-resource. */
  sub(call: Call, id: string, sub: string): Promise<Reply | undefined>;
  /** Refusals of sub-resources beside `not_found`. */
  readonly subRefuses?: readonly ErrorCode[];
  /** Answers `GET /R/:id` to clients that ask for text; absent: they get JSON. */
  readonly text?: (call: Call) => Promise<Reply>;
  /** The document that `GET /R/:id/hcl` prints; absent: the one of the id. */
  readonly printed?: (call: Call, id: string) => Promise<{ readonly resource: Resource; readonly doc: JsonObject }>;
}

/** The service of a resource that shows its documents as they are. */
export function plainService(resource: Resource): DocumentService {
  const model = declarationOf(resource);
  const shown = (stored: { readonly doc: Document; readonly revision: number }) => ({
    doc: stored.doc,
    tag: entityTag(stored),
  });
  const shownTo = (call: Call, stored: Stored) => shown({ ...stored, doc: showSecrets(call, model, stored.doc) });
  const written = (stored: Written) => ({ ...shown(stored), warnings: stored.warnings });
  return {
    model,
    read: (call, id) => {
      const builtin = model.builtins?.documents.get(id);
      if (builtin) return { doc: builtin };
      return whenKnown(byId(call.deps.store, resource, id), (stored) => {
        if (!stored) throw notFound(resource, 'with this id');
        return shownTo(call, stored);
      });
    },
    find: async (call) => shownTo(call, await byQuery(call.deps.store, model, call.query, call.version)),
    create: async (call, sent) => written(await createDocument(call, model, withoutWarnings(sent))),
    update: async (call, id, sent) => written(await updateDocument(call, model, id, withoutWarnings(sent))),
    remove: (call, id) => removeDocument(call, model, id),
    sub: async (call, id, sub) => {
      const of = model.subs?.of;
      const answer = of && Object.hasOwn(of, sub) ? of[sub] : undefined;
      if (answer === undefined) return undefined;
      const stored = await byId(call.deps.store, resource, id);
      if (!stored) throw notFound(resource, 'with this id');
      return jsonReply(await answer(stored.doc, needsOf(call.deps)));
    },
  };
}

/** A client may send back the answer of a write; its warnings must not become part of the document. */
function withoutWarnings(sent: JsonObject): JsonObject {
  const { warnings, ...rest } = sent;
  const ours = isList(warnings) && warnings.every((one) => isObject(one) && 'path' in one && 'reason' in one);
  return ours ? rest : sent;
}
