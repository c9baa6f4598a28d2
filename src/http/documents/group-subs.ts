import { byVariant } from '../../model/ruleset-variants.js';
import { isBuiltinGroup } from '../../model/builtins.js';
import type { Document, JsonObject } from '../../model/document.js';
import { builtinGroupSub } from '../../resources/views/builtin-groups.js';
import { pick } from '../../resources/views/pick.js';
import { jsonReply, type Reply, textReply } from '../reply.js';
import type { Call } from '../route.js';
import { groupRuleset, groupRulesetText } from '../views/group-ruleset.js';
import { pinView } from '../views/revision-view.js';
import type { DocumentService } from './document-service.js';
import { groupByIdOrName } from './find-by-any-name.js';
import { byId, notFound } from './find-document.js';
import { loadFleet } from './load-fleet.js';
import { outputWithTexts } from './output-with-texts.js';

const TEXTS = byVariant('apiName', ({ key }) => key);

/**
 * A sub-resource of a group (docs/http-api.md#sub-resources): those of built-in groups, and what was compiled for a
 * stored one. `plain` answers those that only need the document.
 */
export async function groupSub(
  call: Call,
  plain: DocumentService,
  id: string,
  sub: string,
): Promise<Reply | undefined> {
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
  const group = call.version === 'v2' ? await groupByIdOrName(store, id) : (await byId(store, 'group', id))?.doc;
  if (!group) throw notFound('group', call.version === 'v2' ? 'with this id or name' : 'with this id');
  const { id: found } = group;
  if (sub === 'ruleset' && call.version === 'v2') return jsonReply(await shownRuleset(call, group));
  if (Object.hasOwn(TEXTS, sub)) {
    const text = groupRulesetText(await outputWithTexts(store, found), TEXTS[sub as keyof typeof TEXTS]);
    if (text === undefined) throw notFound('group', `has no ${sub} yet, or none is made (generate_unset_tables)`);
    return textReply(text);
  }
  return plain.sub(call, found, sub);
}

/** With the revision at which the group is held, where it is. */
async function shownRuleset(call: Call, group: Document): Promise<JsonObject> {
  const { store } = call.deps;
  const held = pinView((await store.get('pin', group.id))?.doc);
  return { ...groupRuleset(group, await outputWithTexts(store, group.id)), ...(held === null ? {} : { pinned: held }) };
}
