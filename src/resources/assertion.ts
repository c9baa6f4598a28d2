import type { JsonSchema } from '../model/json-schema.js';
import { checkAssertion } from './checks/check-assertion.js';
import { idSchema } from './id-schema.js';
import type { ResourceDeclaration } from './resource.js';
import { always, usual } from './usual.js';

const end: JsonSchema = { type: 'string', minLength: 1, maxLength: 500 };
const number: JsonSchema = { type: 'integer', minimum: 0 };

/** assertion (docs/http-api.md#assertion): connections that must be accepted, or must not. */
const assertionSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'assertion',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 200 },
    from: end,
    to: end,
    protocol: { type: 'string', minLength: 1, maxLength: 20 },
    port: number,
    icmp_type: number,
    icmp_code: number,
    family: { enum: ['v4', 'v6'] },
    expect: { enum: ['accept', 'refuse'] },
    mode: { enum: ['enforce', 'warn'] },
    comment: { type: 'string', maxLength: 1000 },
  },
  required: ['name', 'from', 'to', 'protocol', 'expect', 'mode'],
};

export const assertion: ResourceDeclaration = {
  ...usual('assertion', assertionSchema),
  onlyInV2: true,
  madeInOldDatabases: true,
  // A PUT without `port` means every port.
  droppedOnPut: always([['port'], ['icmp_type'], ['icmp_code'], ['family'], ['comment']]),
  complete: (doc) => ({ mode: 'enforce', ...doc }),
  check: checkAssertion,
  writtenInTurn: true,
};
