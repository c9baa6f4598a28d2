import type { JsonObject } from '../../model/document.js';
import { listDocuments, loadFleet } from '../documents/load-fleet.js';
import { sentObject } from '../documents/sent-object.js';
import { violationError } from '../documents/violation-error.js';
import type { Operations, PublishingState, Readiness } from '../../operations/operations.js';
import type { Store } from '../../store/store.js';
import type { HttpConfig } from '../http-config.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';
import { ipsetsView } from '../views/ipsets-view.js';

const v1 = { version: 'v1', produces: [JSON_TYPE] } as const;
const v2 = { version: 'v2', produces: [JSON_TYPE] } as const;
const OBJECT = { type: 'object' } as const;
const PUBLISHING = {
  type: 'object',
  properties: { paused: { type: 'boolean' } },
  required: ['paused'],
} as const;

export interface SystemNeeds {
  readonly store: Store;
  readonly config: Pick<HttpConfig, 'env'>;
  readonly operations: () => Pick<
    Operations,
    'readiness' | 'publishGroup' | 'alarms' | 'observation' | 'publishing' | 'setPublishing' | 'dialect'
  >;
}

/** Health, publishing, the actor tree and the sets: what belongs to no resource (docs/http-api.md#other-routes). */
export const systemRoutes: readonly Route<SystemNeeds>[] = [
  {
    ...v1,
    method: 'GET',
    head: true,
    path: '/livez',
    id: 'livez',
    summary: 'The process answers',
    scope: 'open',
    answers: { 200: { description: 'Always', schema: OBJECT } },
    handle: () => jsonReply({ live: true }),
  },
  {
    ...v1,
    method: 'GET',
    head: true,
    path: '/readyz',
    id: 'readyz',
    summary: 'Whether the server can do its work, and if not, why',
    scope: 'open',
    answers: {
      200: { description: 'Ready', schema: OBJECT },
      503: { description: 'Not ready; `reasons` says why', schema: OBJECT },
    },
    handle: (_call, { operations }) => readyReply(operations().readiness()),
  },
  {
    ...v1,
    method: 'GET',
    path: '/api/healthcheck',
    id: 'v1.healthcheck',
    summary: 'Whether the store answers; always 200',
    scope: 'open',
    answers: { 200: { description: '`health` is `ok` or says what is wrong', schema: OBJECT } },
    handle: (_call, { store }) => jsonReply({ health: store.state().up ? 'ok' : 'unable to access db' }),
  },
  {
    ...v1,
    method: 'GET',
    path: '/api/publish',
    id: 'v1.publish',
    summary: 'Queues a group for publishing',
    scope: 'write',
    answeredBy: 'leader',
    parameters: [{ name: 'group', description: 'Name of the group', schema: { type: 'string' } }],
    answers: { 200: { description: 'Queued', schema: { type: 'string' } } },
    refuses: ['bad_parameter'],
    handle: publish,
  },
  {
    ...v2,
    method: 'GET',
    path: '/api/V2/ipsets',
    id: 'v2.ipsets',
    summary: "This server's own sets: the addresses of every group and zone, by name",
    scope: 'read',
    answers: { 200: { description: 'The sets', schema: OBJECT } },
    handle: async (_call, { store, config, operations }) => {
      const [fleet, zones] = await Promise.all([loadFleet(store), listDocuments(store, 'zone')]);
      return jsonReply(ipsetsView(config.env, fleet, zones, operations().dialect()));
    },
  },
  {
    ...v2,
    method: 'GET',
    path: '/api/V2/alarms',
    id: 'v2.alarms',
    summary: 'The alarms that are set on the leading server, oldest first',
    scope: 'read',
    answeredBy: 'leader',
    answers: {
      200: {
        description: 'Each with `id`, `since` (epoch seconds) and `text`',
        schema: {
          type: 'array',
          items: {
            type: 'object',
            properties: { id: { type: 'string' }, since: { type: 'integer' }, text: { type: 'string' } },
          },
        },
      },
    },
    handle: (_call, { operations }) =>
      jsonReply(
        operations()
          .alarms()
          .map(({ id, since, text }) => ({ id, since, text })),
      ),
  },
  {
    ...v2,
    method: 'GET',
    path: '/api/V2/observe',
    id: 'v2.observe',
    summary: 'What a server started with `--observe` would send, compared with the stored hashes, group by group',
    scope: 'read',
    answers: { 200: { description: 'The comparison; `loading` until there is one', schema: OBJECT } },
    refuses: ['not_found'],
    handle: observation,
  },
  {
    ...v2,
    method: 'GET',
    path: '/api/V2/publishing',
    id: 'v2.publishing.read',
    summary: 'Whether publishing is paused',
    scope: 'read',
    answeredBy: 'leader',
    answers: { 200: { description: 'The state', schema: OBJECT } },
    handle: (_call, { operations }) => jsonReply(publishingJson(operations().publishing())),
  },
  {
    ...v2,
    method: 'POST',
    path: '/api/V2/publishing',
    id: 'v2.publishing.write',
    summary: 'Pauses publishing, or lets it go on',
    scope: 'write',
    answeredBy: 'leader',
    takes: { kind: 'json', parsedFirst: false, schema: PUBLISHING },
    answers: { 200: { description: 'The new state', schema: OBJECT } },
    refuses: ['data_invalid'],
    handle: setPublishing,
  },
];

function readyReply({ ready, reasons }: Readiness): Reply {
  return jsonReply({ ready, reasons }, ready ? 200 : 503, ready ? {} : { 'retry-after': '5' });
}

function publish({ query }: Call, { operations }: SystemNeeds): Reply {
  const group = query.get('group');
  if (group === null || group === '') throw new ApiError('bad_parameter', { name: 'group', reason: 'name a group' });
  operations().publishGroup(group);
  return jsonReply('ok');
}

function observation(_call: Call, { operations }: SystemNeeds): Reply {
  const found = operations().observation();
  if (found === undefined) throw new ApiError('not_found', { what: 'this server was not started with --observe' });
  return jsonReply(found);
}

async function setPublishing({ body, author }: Call, { operations }: SystemNeeds): Promise<Reply> {
  const { paused } = sentObject(body);
  if (typeof paused !== 'boolean') {
    throw violationError({
      errorType: 'wrong_type',
      path: ['paused'],
      value: paused ?? null,
      schema: { type: 'boolean' },
    });
  }
  return jsonReply(publishingJson(await operations().setPublishing(paused, author)));
}

function publishingJson({ paused, since, author }: PublishingState): JsonObject {
  return { paused, since: since ?? null, author: author ?? null };
}
