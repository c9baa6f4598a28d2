import { isBuiltinGroup } from '../../model/builtins.js';
import type { JsonObject } from '../../model/document.js';
import { builtinGroup } from '../views/builtin-groups.js';
import { byName } from './find-document.js';
import type { DocumentService } from './document-service.js';
import { plainService } from './document-service.js';
import { loadFleet } from './load-fleet.js';
import type { Call } from '../route.js';

/** Groups: some are built in, and v1 looks up the profile that a new group names. */
export function groupService(): DocumentService {
  const plain = plainService('group');
  const builtin = async (call: Call, id: Parameters<typeof builtinGroup>[0]) => ({
    doc: builtinGroup(id, await loadFleet(call.deps.store), () => call.deps.runtime.dialect()),
  });
  return {
    ...plain,
    read: async (call, id) => (isBuiltinGroup(id) || id === 'any' ? builtin(call, id) : plain.read(call, id)),
    find: async (call) => {
      const names = call.query.getAll('name');
      const [name] = names;
      const alone = !call.query.has('hostkey') && (call.version === 'v1' || names.length === 1);
      return alone && isBuiltinGroup(name) ? builtin(call, name) : plain.find(call);
    },
    create: async (call, sent) => plain.create(call, call.version === 'v1' ? await withProfileId(call, sent) : sent),
  };
}

/** v1: `profile_id` is that of the profile named, or empty, whatever was sent (http-api section 5, group). */
async function withProfileId(call: Call, sent: JsonObject): Promise<JsonObject> {
  const { profile_name: name } = sent;
  if (typeof name !== 'string') return sent;
  const profile = await byName(call.deps.store, 'profile', name);
  return { ...sent, profile_id: profile?.doc.id ?? '' };
}
