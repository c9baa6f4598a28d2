import type { JsonSchema } from '../json-schema.js';
import { idSchema } from './id-schema.js';

const needed: JsonSchema = { type: 'string', minLength: 1 };

/** link (docs/http-api.md#link): another environment, and the broker it is reached by. */
export const linkSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'link',
  type: 'object',
  properties: {
    id: idSchema,
    name: { type: 'string', minLength: 1, maxLength: 2 },
    connection_type: { enum: ['thumper'] },
    direction: { enum: ['bidirectional', 'inbound', 'outbound'] },
    address_handling: { enum: ['prefix', 'union'] },
    enabled: { type: 'boolean' },
    state: { enum: ['active', 'inactive'] },
    connection: {
      type: 'object',
      properties: {
        api_port: { type: 'number' },
        host: needed,
        password: needed,
        port: { type: 'number' },
        user: { type: 'string' },
        virtual_host: { type: 'string' },
        ssl_options: {
          type: 'object',
          properties: {
            cacertfile: needed,
            certfile: needed,
            keyfile: {},
            server_name_indication: needed,
            verify: needed,
            fail_if_no_peer_cert: { type: 'boolean' },
          },
          required: ['cacertfile', 'certfile', 'fail_if_no_peer_cert', 'keyfile', 'server_name_indication', 'verify'],
        },
      },
      required: ['api_port', 'host', 'password', 'ssl_options'],
    },
  },
  required: ['connection', 'connection_type', 'direction', 'enabled', 'name', 'address_handling'],
};
