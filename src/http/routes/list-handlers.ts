import type { JsonObject } from '../../model/document.js';
import { schemaJson } from '../../model/json-schema.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { pick } from '../../resources/views/pick.js';
import { showSecrets } from '../access/show-secrets.js';
import { needsOf } from '../checks/needs-of.js';
import { notFound } from '../documents/find-document.js';
import { listDocuments } from '../documents/load-fleet.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { BASE } from './api-base.js';
import { hostPage } from './host-list-page.js';
import { flag } from './list-parameters.js';

/** Answers `GET /Rs` (docs/http-api.md#lists). */
export async function listReply(call: Call, model: ResourceDeclaration): Promise<Reply> {
  const items: readonly JsonObject[] =
    call.version === 'v2' ? await wholeList(call, model) : await shortList(call, model);
  const page = call.version === 'v2' && model.list?.inPages === true ? hostPage(items, call.query) : undefined;
  if (page === undefined) return jsonReply(items);
  const link = page.next === undefined ? {} : { link: `<${BASE.v2}/hosts?${page.next}>; rel="next"` };
  return jsonReply(page.items, 200, link);
}

async function wholeList(call: Call, model: ResourceDeclaration): Promise<readonly JsonObject[]> {
  const { flags = [], select } = model.list ?? {};
  const set = new Set(flags.map(({ name }) => name).filter((name) => flag(call.query, name)));
  const documents = (await listDocuments(call.deps.store, model.name)).map((doc) => showSecrets(call, model, doc));
  return select ? select(documents, set, needsOf(call.deps)) : documents;
}

async function shortList(call: Call, model: ResourceDeclaration): Promise<readonly JsonObject[]> {
  const { v1Item, list } = model;
  const documents = await listDocuments(call.deps.store, model.name);
  if (v1Item === 'all') return documents;
  const more = await list?.moreInV1?.(documents, needsOf(call.deps));
  return [...documents.map((doc) => pick(doc, v1Item)), ...(more ?? [])];
}

/** Answers `GET /Rs/:sub`; 404 if the list has no such view. */
export async function listSubReply(call: Call, model: ResourceDeclaration): Promise<Reply> {
  const sub = call.params['sub'] as string;
  const { anyViewInV2, views = {} } = model.list ?? {};
  if (call.version === 'v2' && anyViewInV2) return listReply(call, model);
  if (sub === 'schema' && model.listsSchema[call.version]) return jsonReply(schemaJson(model.schema));
  const view = Object.hasOwn(views, sub) ? views[sub] : undefined;
  if (view === undefined) throw notFound(model.name, `list has no ${JSON.stringify(sub.slice(0, 100))}`);
  return jsonReply(view(await listDocuments(call.deps.store, model.name)));
}
