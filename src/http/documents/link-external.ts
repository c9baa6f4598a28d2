import type { JsonObject } from '../../model/document.js';
import { resourceModel } from '../../model/resources.js';
import type { Change } from '../../store/store.js';
import type { Call } from '../route.js';

/**
 * The step that makes the external of a new link, none if one of that name is there (docs/http-api.md#link). Both
 * are written in one commit, so that neither is ever there alone.
 */
export async function externalForLink(call: Call, link: JsonObject): Promise<readonly Change[]> {
  const { name } = link;
  if (typeof name !== 'string') return [];
  const there = await call.deps.store.find('external', 'name', name);
  if (there.length > 0) return [];
  const empty = { groups: {}, zones: {} };
  const doc = resourceModel('external').complete(
    { name, state: 'inactive', ec2: {}, v4: empty, v6: empty, address_handling: 'union' },
    call.now,
    call.version,
  );
  return [{ op: 'create', table: 'external', doc, uniqueOn: ['name'] }];
}

/** The steps that remove a link's external with it. */
export async function removeExternalOfLink(call: Call, link: JsonObject): Promise<readonly Change[]> {
  const { name } = link;
  if (typeof name !== 'string') return [];
  const there = await call.deps.store.find('external', 'name', name);
  return there.map(({ doc }) => ({ op: 'remove', table: 'external', id: doc.id }));
}
