import type { Operations } from '../../operations/operations.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply } from '../reply.js';
import type { Route } from '../route.js';

export interface Ec2Needs {
  readonly operations: () => Pick<Operations, 'ec2Plan'>;
}

/** `/api/V2/ec2` (docs/http-api.md#ec2). */
export const ec2Routes: readonly Route<Ec2Needs>[] = [
  {
    method: 'GET',
    path: '/api/V2/ec2/plan',
    version: 'v2',
    id: 'v2.ec2.plan',
    summary: 'What would be authorised and revoked in EC2 security groups now; nothing is touched',
    scope: 'read',
    answeredBy: 'leader',
    produces: [JSON_TYPE],
    answers: {
      200: {
        description: 'The difference by region and security group, and what rules are refused',
        schema: { type: 'object' },
      },
    },
    handle: async (_call, { operations }) => jsonReply(await operations().ec2Plan()),
  },
];
