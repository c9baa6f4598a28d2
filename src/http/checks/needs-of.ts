import { unknownReferences } from '../../config/unknown-references.js';
import type { CheckNeeds } from '../../resources/resource.js';
import type { DocumentNeeds } from '../documents/document-needs.js';
import { listDocuments } from '../documents/load-fleet.js';
import { checkSlices } from './check-slices.js';

/** Answers what declarations of resources may ask, from the store. */
export function needsOf({ store, runtime, config, fleet }: DocumentNeeds): CheckNeeds {
  const dialect = () => runtime.dialect();
  return {
    list: (table) => listDocuments(store, table),
    find: async (table, field, value) => (await store.find(table, field, value)).map(({ doc }) => doc),
    get: (table, id) => {
      if (store.held !== undefined) return store.held(table, id)?.doc;
      return store.get(table, id).then((found) => found?.doc);
    },
    gather: (groups, hosts) => fleet.listsOf(groups, hosts, dialect),
    dialect,
    keepsSecurityGroups: config.ec2.mode === 'apply',
    unsetTables: config.generate_unset_tables,
    acceptsUnknown: () => unknownReferences(config, dialect()) === 'accept',
    run: (work) => checkSlices.run(work),
  };
}
