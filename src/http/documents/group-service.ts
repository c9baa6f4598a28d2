import { isBuiltinGroup } from '../../model/builtins.js';
import type { WriteWarning } from '../../resources/checks/finding.js';
import { builtinGroup } from '../../resources/views/builtin-groups.js';
import { needsOf } from '../checks/needs-of.js';
import { byId } from './find-document.js';
import { groupToWrite } from './group-profile.js';
import { groupSub } from './group-subs.js';
import type { DocumentService, Shown } from './document-service.js';
import { plainService } from './document-service.js';
import { loadFleet } from './load-fleet.js';
import type { Call } from '../route.js';

/** Groups: some are built in, and the profile that a group names is looked up. */
export function groupService(): DocumentService {
  const plain = plainService('group');
  const builtin = async (call: Call, id: Parameters<typeof builtinGroup>[0]) => ({
    doc: builtinGroup(id, await loadFleet(call.deps.store), needsOf(call.deps).gather),
  });
  return {
    ...plain,
    read: (call, id) => (isBuiltinGroup(id) || id === 'any' ? builtin(call, id) : plain.read(call, id)),
    find: async (call) => {
      const names = call.query.getAll('name');
      const [name] = names;
      const alone = !call.query.has('hostkey') && (call.version === 'v1' || names.length === 1);
      return alone && isBuiltinGroup(name) ? builtin(call, name) : plain.find(call);
    },
    create: async (call, sent) => {
      const { group, warnings } = await groupToWrite(call, sent, undefined);
      return withMore(await plain.create(call, group), warnings);
    },
    sub: (call, id, sub) => groupSub(call, plain, id, sub),
    update: async (call, id, sent) => {
      const before = await byId(call.deps.store, 'group', id);
      const { group, warnings } = await groupToWrite(call, sent, before?.doc);
      return withMore(await plain.update(call, id, group), warnings);
    },
  };
}

function withMore<T extends Shown>(shown: T, warnings: readonly WriteWarning[]): T {
  return {
    ...shown,
    warnings: [...(shown.warnings ?? []), ...warnings],
  };
}
