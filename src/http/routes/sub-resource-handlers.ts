import { isBuiltinGroup } from '../../model/builtins.js';
import type { Document, Json, JsonObject } from '../../model/document.js';
import { isList } from '../../model/validate.js';
import { byVariant } from '../../model/ruleset-variants.js';
import { readRuleset, rulesetInRow } from '../../model/stored-ruleset.js';
import type { DocumentService } from '../documents/document-service.js';
import { byId, notFound } from '../documents/find-document.js';
import { loadFleet } from '../documents/load-fleet.js';
import { loadHclNames } from '../documents/load-names.js';
import { rulesetOf } from '../documents/v1-profile.js';
import { profileRulesReply } from './profile-rules.js';
import { jsonReply, type Reply, textReply } from '../reply.js';
import type { Call } from '../route.js';
import { hasHcl, hclResource } from '../text/hcl-resource.js';
import { builtinGroupSub } from '../views/builtin-groups.js';
import { ADDRESS_SUBS, addressesOf } from '../views/group-addresses.js';
import { groupRuleset, groupRulesetText } from '../views/group-ruleset.js';
import { isActive } from '../views/host-addresses.js';

/** Answers `GET /R/:id/:sub` (docs/http-api.md#sub-resources). What there is no such sub-resource of is 404. */
export async function subResourceReply(call: Call, service: DocumentService): Promise<Reply> {
  const { name, hcl } = service.model;
  const id = call.params['id'] as string;
  const sub = call.params['sub'] as string;
  const unknown = notFound(name, `has no ${JSON.stringify(sub.slice(0, 100))}`);
  if (sub === 'hcl') {
    if (!hcl[call.version]) throw unknown;
    return textReply(await documentHcl(call, service, id), call.accepts);
  }
  const reply =
    name === 'group'
      ? await groupSub(call, id, sub)
      : name === 'profile'
        ? await profileRulesReply(call, id, sub)
        : undefined;
  if (reply) return reply;
  throw unknown;
}

/** HCL of a stored document; v1 gives that of a profile's ruleset (docs/http-api.md#sub-resources). */
async function documentHcl(call: Call, service: DocumentService, id: string): Promise<string> {
  const { name } = service.model;
  if (call.version === 'v1' && name === 'profile') {
    await service.read(call, id);
    const ruleset = await rulesetOf(call, id);
    if (!ruleset) throw notFound('ruleset', 'belongs to this profile');
    return documentHclText(call, 'ruleset', ruleset.doc);
  }
  const { doc } = await service.read(call, id);
  if (!hasHcl(name)) throw notFound(name, 'has no hcl');
  return documentHclText(call, name, doc);
}

/** HCL of a document, with references for ids. */
export async function documentHclText(
  call: Call,
  name: Parameters<typeof hclResource>[0],
  doc: JsonObject,
): Promise<string> {
  return hclResource(name, doc, await loadHclNames(call.deps.store));
}

const TEXTS = byVariant('apiName', ({ key }) => key);

async function groupSub(call: Call, id: string, sub: string): Promise<Reply | undefined> {
  const { store, runtime } = call.deps;
  if (isBuiltinGroup(id) || id === 'any') {
    const fleet = await loadFleet(store);
    if (sub === 'hosts') {
      const all = id === 'all-active' || id === 'internal-active';
      return jsonReply(all ? fleet.hosts.map((host) => pick(host, ['id', 'name', 'group', 'active', 'hostkey'])) : []);
    }
    if (sub === 'ec2_security_group_ids') return jsonReply([]);
    const addresses = builtinGroupSub(id, sub, fleet, () => runtime.dialect());
    return addresses && jsonReply(addresses);
  }
  const group = await byId(store, 'group', id);
  if (!group) throw notFound('group', 'with this id');
  if (sub === 'hosts') {
    const hosts = (await hostsOf(call, group.doc)).filter(isActive);
    return jsonReply(hosts.map((host) => pick(host, ['id', 'name', 'hostkey'])));
  }
  if (sub === 'ec2_security_group_ids') {
    const ids = group.doc['ec2_security_group_ids'];
    return jsonReply(isList(ids) ? ids : []);
  }
  if (sub === 'ruleset' && call.version === 'v2') return jsonReply(groupRuleset(group.doc, await outputOf(call, id)));
  if (Object.hasOwn(TEXTS, sub)) {
    const text = groupRulesetText(await outputOf(call, id), TEXTS[sub as keyof typeof TEXTS]);
    if (text === undefined) throw notFound('group', `has no ${sub} yet, or none is made (generate_unset_tables)`);
    return textReply(text);
  }
  if (!Object.hasOwn(ADDRESS_SUBS, sub)) return undefined;
  const of = addressesOf([group.doc], await hostsOf(call, group.doc), () => runtime.dialect());
  return jsonReply(ADDRESS_SUBS[sub]?.(of) ?? []);
}

async function hostsOf(call: Call, group: Document): Promise<readonly Document[]> {
  const { name } = group;
  if (typeof name !== 'string') return [];
  return (await call.deps.store.find('host', 'group', name)).map(({ doc }) => doc);
}

/** A group's row of `ruleset_output` with the texts that it names in it. */
async function outputOf({ deps: { store } }: Call, groupId: string): Promise<Document | undefined> {
  for (let tries = 1; ; tries += 1) {
    const doc = (await store.get('ruleset_output', groupId))?.doc;
    if (doc === undefined) return undefined;
    const { texts, ...row } = doc;
    if (typeof texts !== 'string') return doc;
    const ruleset = readRuleset((await store.get('ruleset_text', texts))?.doc);
    if (ruleset !== undefined) return { ...row, ...rulesetInRow(ruleset), id: doc.id };
    // The group may have got others between the two reads, and these may be gone.
    if (tries === 2) return { ...row, id: doc.id };
  }
}

function pick(doc: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(doc, key) ? [[key, doc[key] as Json]] : [])));
}
