import { SERVICE_ANY } from '../model/builtins.js';
import type { JsonSchema } from '../model/json-schema.js';
import { serviceSize } from './checks/check-service-size.js';
import { checkService } from './checks/check-service.js';
import { idSchema } from './id-schema.js';
import type { WatchedResource } from './resource.js';
import { TERRAFORM_IN_V2, usual } from './usual.js';
import { countBatches } from './watch.js';

/** service (docs/http-api.md#service). Only items that are objects are checked. */
const serviceSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'service',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, pattern: '^\\S+$' },
    version: { type: 'number' },
    services: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        properties: {
          protocol: { type: 'string', pattern: '^(tcp|udp|icmp|udplite|esp|ah|sctp|[0-9]+)?$' },
          ports: { type: 'array', items: { type: 'string' } },
        },
        required: ['protocol', 'ports'],
      },
    },
  },
  required: ['name', 'version', 'services'],
};

export const service: WatchedResource = {
  ...usual('service', serviceSchema),
  tooLarge: serviceSize,
  check: checkService,
  writtenInTurn: true,
  builtins: { ids: [SERVICE_ANY.id], names: [], documents: new Map([[SERVICE_ANY.id, SERVICE_ANY]]) },
  terraform: { served: TERRAFORM_IN_V2, attributes: ['name', 'version', 'services'] },
  watch: {
    dirties: ({ id }, stale) => {
      stale.policy();
      stale.rulesNamingService(id);
    },
    counts: countBatches('service_update'),
  },
};
