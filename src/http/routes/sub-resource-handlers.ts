import type { JsonObject, Resource } from '../../model/document.js';
import type { DocumentService } from '../documents/document-service.js';
import { BY_ANY_NAME } from '../documents/find-by-any-name.js';
import { notFound } from '../documents/find-document.js';
import { loadHclNames } from '../documents/load-hcl-names.js';
import { type Reply, textReply } from '../reply.js';
import type { Call } from '../route.js';
import { hclResource } from '../text/hcl-resource.js';

/** Answers `GET /R/:id/:sub` (docs/http-api.md#sub-resources). 404 if there is no such sub-resource. */
export async function subResourceReply(call: Call, service: DocumentService): Promise<Reply> {
  const { name, terraform } = service.model;
  const id = call.params['id'] as string;
  const sub = call.params['sub'] as string;
  const unknown = notFound(name, `has no ${JSON.stringify(sub.slice(0, 100))}`);
  if (sub === 'hcl') {
    if (!terraform?.served[call.version]) throw unknown;
    const { resource, doc } = service.printed
      ? await service.printed(call, id)
      : { resource: name, doc: (await service.read(call, await idOf(call, name, id))).doc };
    return textReply(await documentHclText(call, resource, doc), call.accepts);
  }
  const reply = await service.sub(call, id, sub);
  if (reply) return reply;
  throw unknown;
}

/** The id of what v2 lets call by a name too, as all sub-resources of groups and hosts; else the text as it is. */
async function idOf({ version, deps: { store } }: Call, resource: Resource, text: string): Promise<string> {
  if (version !== 'v2') return text;
  return (await BY_ANY_NAME[resource]?.(store, text))?.id ?? text;
}

/** The HCL of a document, with references for ids. */
export async function documentHclText(call: Call, name: Resource, doc: JsonObject): Promise<string> {
  return hclResource(name, doc, await loadHclNames(call.deps.store));
}
