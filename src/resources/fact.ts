import type { JsonSchema } from '../model/json-schema.js';
import { idSchema } from './id-schema.js';
import type { ResourceDeclaration } from './resource.js';
import { inventory } from './views/inventory.js';
import { always, TERRAFORM_IN_V2, usual } from './usual.js';

/** fact (docs/http-api.md#fact): an Ansible inventory; the content of `groups` is the client's business. */
const factSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'fact',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, pattern: '^[A-Za-z_]' },
    groups: { type: 'object' },
  },
  required: ['name', 'groups'],
};

export const fact: ResourceDeclaration = {
  ...usual('fact', factSchema),
  merge: 'replace',
  droppedOnPut: { v1: [], v2: [['groups', 'all', 'vars']] },
  listsSchema: always(true),
  subs: {
    summary: '`inventory`: of all hosts, groups and this fact, for Ansible',
    of: { inventory: async (fact, needs) => inventory(fact, await needs.list('group'), await needs.list('host')) },
  },
  terraform: { served: TERRAFORM_IN_V2, attributes: ['name', 'groups'] },
};
