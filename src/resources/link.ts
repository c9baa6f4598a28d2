import type { JsonObject } from '../model/document.js';
import type { JsonSchema } from '../model/json-schema.js';
import { isEnvironmentName } from '../model/environment-name.js';
import { REDACTED } from '../model/redacted.js';
import { textOf } from '../model/text-of.js';
import { isObject } from '../model/validate.js';
import { type Finding, verdict, type WriteWarning } from './checks/finding.js';
import { external } from './external.js';
import { idSchema } from './id-schema.js';
import type { Moment, NewCompanion, WatchedResource } from './resource.js';
import { TERRAFORM_IN_V2, usual } from './usual.js';
import { countRows } from './watch.js';

const needed: JsonSchema = { type: 'string', minLength: 1 };

/** link (docs/http-api.md#link): another environment, and the broker it is reached by. */
const linkSchema: JsonSchema = {
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
    stale_seconds: { type: 'number', minimum: 0 },
    max_stale_seconds: { type: 'number', minimum: 0 },
    state: { enum: ['active', 'inactive'] },
    connection: {
      type: 'object',
      properties: {
        api_port: { type: 'number' },
        host: needed,
        password: needed,
        port: { type: 'number' },
        tls: { type: 'boolean' },
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

/** The fault of a new password that is the redaction mark: there is no stored password to keep. */
function redactedPassword({ connection }: JsonObject): Finding | undefined {
  if (!isObject(connection) || connection['password'] !== REDACTED) return undefined;
  return {
    violation: {
      errorType: 'no_match',
      path: ['connection', 'password'],
      value: REDACTED,
      schema: { description: "the broker's password" },
      reason: 'this is the mark that stands for a hidden password; send the password itself',
    },
  };
}

/** What an enabled link is let through with: what it cannot work by, and what others on the way could read. */
function doubts({ enabled, name, connection }: JsonObject): readonly WriteWarning[] {
  if (enabled !== true) return [];
  const warnings: WriteWarning[] = [];
  if (!isEnvironmentName(name))
    warnings.push({
      path: ['name'],
      value: name ?? null,
      reason: 'a link of this name does nothing: a name is one or two of letters, digits, _ . and -',
    });
  if (isObject(connection) && connection['tls'] === false)
    warnings.push({
      path: ['connection', 'tls'],
      value: false,
      reason: 'without TLS, password and addresses can be read and changed on the way',
    });
  else if (
    isObject(connection) &&
    isObject(connection['ssl_options']) &&
    connection['ssl_options']['verify'] === 'verify_none'
  )
    warnings.push({
      path: ['connection', 'ssl_options', 'verify'],
      value: 'verify_none',
      reason:
        'whoever answers in place of the broker learns the password and the addresses; verify_peer asks who it is',
    });
  return warnings;
}

/**
 * The external of a new link, none if one of that name is there (docs/http-api.md#link). Both are written in one commit,
 * so that neither ever exists alone.
 */
async function externalOf({ name }: JsonObject, { find, now, version }: Moment): Promise<readonly NewCompanion[]> {
  if (typeof name !== 'string' || (await find('external', 'name', name)).length > 0) return [];
  const empty = { groups: {}, zones: {} };
  const doc = external.complete(
    { name, state: 'inactive', ec2: {}, v4: empty, v6: empty, address_handling: 'union' },
    now,
    version,
  );
  return [{ op: 'create', table: 'external', doc, uniqueOn: ['name'] }];
}

export const link: WatchedResource = {
  ...usual('link', linkSchema),
  check: async (doc) => verdict(redactedPassword(doc), doubts(doc)),
  writtenInTurn: true,
  companions: {
    created: externalOf,
    removed: async ({ name }, { find }) =>
      typeof name !== 'string'
        ? []
        : (await find('external', 'name', name)).map(({ id }) => ({ op: 'remove', table: 'external', id })),
  },
  staysWhile: ({ enabled }) => (enabled === true ? { 'unable to delete': 'link enabled' } : undefined),
  hidesSecrets: true,
  terraform: {
    served: TERRAFORM_IN_V2,
    attributes: ['address_handling', 'dog_connection', 'connection_type', 'direction', 'enabled', 'name'],
    // Terraform keeps `connection` for itself.
    renamed: { connection: 'dog_connection' },
  },
  watch: {
    dirties: ({ before, after }, stale) => {
      stale.policy();
      stale.sets(`link->${textOf(after?.name ?? before?.name)}`);
      stale.allAddresses();
      const id = after?.id ?? before?.id;
      if (id !== undefined) stale.link(id);
    },
    counts: countRows('link_update'),
  },
};
