import type { Document, Json, JsonObject } from '../../model/document.js';
import { schemaJson } from '../../model/json-schema.js';
import { activeProfiles, activeRulesets } from '../../model/references.js';
import type { ResourceModel } from '../../model/resource-model.js';
import { rulesetWithNames } from '../../model/ruleset-names.js';
import { showLink } from '../access/show-link.js';
import { notFound } from '../documents/find-document.js';
import { listDocuments, loadFleet } from '../documents/load-fleet.js';
import { loadNames } from '../documents/load-names.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call } from '../route.js';
import { builtinGroup } from '../views/builtin-groups.js';
import { fieldByAddress, isActive } from '../views/host-addresses.js';
import { zoneAddresses } from '../views/ipsets-view.js';
import { flag } from './list-parameters.js';

/** Answers `GET /Rs` (docs/http-api.md#lists). */
export async function listReply(call: Call, model: ResourceModel): Promise<Reply> {
  const items: readonly JsonObject[] =
    call.version === 'v2' ? await wholeList(call, model) : await shortList(call, model);
  return jsonReply(items);
}

async function wholeList(call: Call, model: ResourceModel): Promise<readonly JsonObject[]> {
  const { store, runtime } = call.deps;
  switch (model.name) {
    case 'group': {
      const fleet = await loadFleet(store);
      return [...fleet.groups, builtinGroup('all-active', fleet, () => runtime.dialect())];
    }
    case 'host': {
      const active = flag(call.query, 'active');
      const hosts = await listDocuments(store, 'host');
      return active ? hosts.filter(isActive) : hosts;
    }
    case 'profile': {
      const active = flag(call.query, 'active');
      const profiles = await listDocuments(store, 'profile');
      return active ? activeProfiles(profiles, await listDocuments(store, 'group')) : profiles;
    }
    case 'link':
      return (await listDocuments(store, 'link')).map((link) => showLink(call, link));
    case 'ruleset':
      return rulesetList(call);
    default:
      return listDocuments(store, model.name);
  }
}

async function rulesetList(call: Call): Promise<readonly JsonObject[]> {
  const { store } = call.deps;
  const [active, named] = [flag(call.query, 'active'), flag(call.query, 'names')];
  const all = await listDocuments(store, 'ruleset');
  const rulesets = active ? activeRulesets(all, await listDocuments(store, 'group')) : all;
  if (!named) return rulesets;
  const names = await loadNames(store);
  return rulesets.map((ruleset) => rulesetWithNames(ruleset, names));
}

async function shortList(call: Call, model: ResourceModel): Promise<readonly JsonObject[]> {
  const { store, runtime } = call.deps;
  const { v1Item } = model;
  if (v1Item === 'all') return listDocuments(store, model.name);
  const short = (doc: JsonObject): JsonObject =>
    Object.fromEntries(v1Item.flatMap((key) => (Object.hasOwn(doc, key) ? [[key, doc[key] as Json]] : [])));
  if (model.name !== 'group') return (await listDocuments(store, model.name)).map(short);
  const fleet = await loadFleet(store);
  const builtin = (['all-active', 'self'] as const).map((id) => builtinGroup(id, fleet, () => runtime.dialect()));
  return [...fleet.groups.map(short), ...builtin];
}

/** Answers `GET /Rs/:sub`; what the list has no such view of is 404. */
export async function listSubReply(call: Call, model: ResourceModel): Promise<Reply> {
  const sub = call.params['sub'] as string;
  // v2 always answered these two lists, whatever follows.
  if (call.version === 'v2' && (model.name === 'profile' || model.name === 'ruleset')) return listReply(call, model);
  if (sub === 'schema' && model.listsSchema[call.version]) return jsonReply(schemaJson(model.schema));
  const view = await listView(call, model, sub);
  if (view === undefined) throw notFound(model.name, `list has no ${JSON.stringify(sub.slice(0, 100))}`);
  return jsonReply(view);
}

async function listView(call: Call, model: ResourceModel, sub: string): Promise<Json | undefined> {
  const documents = (): Promise<readonly Document[]> => listDocuments(call.deps.store, model.name);
  if (model.name === 'zone' && sub === 'ips') return zoneAddresses(await documents());
  if (model.name !== 'host') return undefined;
  if (sub === 'names') return fieldByAddress(await documents(), 'name');
  if (sub === 'hostkeys') return fieldByAddress(await documents(), 'hostkey');
  return undefined;
}
