import type { Document, JsonObject } from '../../model/document.js';
import { schemaJson } from '../../model/json-schema.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { pick } from '../../resources/views/pick.js';
import { showSecrets } from '../access/show-secrets.js';
import { needsOf } from '../checks/needs-of.js';
import { notFound } from '../documents/find-document.js';
import { listDocuments } from '../documents/load-fleet.js';
import { jsonReply, listReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { BASE } from './api-base.js';
import { hostPage } from './host-list-page.js';
import { flag } from './list-parameters.js';

/** Answers `GET /Rs` (docs/http-api.md#lists). */
export async function listOf(call: Call, model: ResourceDeclaration): Promise<Reply> {
  const parts = call.version === 'v2' ? await wholeList(call, model) : await shortList(call, model);
  const page = call.version === 'v2' && model.list?.inPages === true ? hostPage(parts.flat(), call.query) : undefined;
  if (page === undefined) return listReply(parts);
  const link = page.next === undefined ? {} : { link: `<${BASE.v2}/hosts?${page.next}>; rel="next"` };
  return jsonReply(page.items, 200, link);
}

/** Items of a list, of which each part is the same list as before where it holds the same. */
type Parts = readonly (readonly JsonObject[])[];

async function wholeList(call: Call, model: ResourceDeclaration): Promise<Parts> {
  const { flags = [], select, more } = model.list ?? {};
  const set = new Set(flags.map(({ name }) => name).filter((name) => flag(call.query, name)));
  const stored = await listDocuments(call.deps.store, model.name);
  const hidden = model.hidesSecrets && !call.seesSecrets;
  const documents = hidden ? stored.map((doc) => showSecrets(call, model, doc)) : stored;
  const needs = needsOf(call.deps);
  return [select ? await select(documents, set, needs) : documents, (await more?.v2(documents, needs)) ?? []];
}

async function shortList(call: Call, model: ResourceDeclaration): Promise<Parts> {
  const { list } = model;
  const documents = await listDocuments(call.deps.store, model.name);
  return [inShort(documents, model), (await list?.more?.v1(documents, needsOf(call.deps))) ?? []];
}

/** Items of v1 of lists of documents, by list: neither ever changes. */
const short = new WeakMap<readonly Document[], readonly JsonObject[]>();

function inShort(documents: readonly Document[], { v1Item }: ResourceDeclaration): readonly JsonObject[] {
  if (v1Item === 'all') return documents;
  const known = short.get(documents);
  if (known !== undefined) return known;
  const made = Object.freeze(documents.map((doc) => Object.freeze(pick(doc, v1Item))));
  if (Object.isFrozen(documents)) short.set(documents, made);
  return made;
}

/** Answers `GET /Rs/:sub`; 404 if the list has no such view. */
export async function listSubReply(call: Call, model: ResourceDeclaration): Promise<Reply> {
  const sub = call.params['sub'] as string;
  const { anyViewInV2, views = {} } = model.list ?? {};
  if (call.version === 'v2' && anyViewInV2) return listOf(call, model);
  if (sub === 'schema' && model.listsSchema[call.version]) return jsonReply(schemaJson(model.schema));
  const view = Object.hasOwn(views, sub) ? views[sub] : undefined;
  if (view === undefined) throw notFound(model.name, `list has no ${JSON.stringify(sub.slice(0, 100))}`);
  return jsonReply(view(await listDocuments(call.deps.store, model.name)));
}
