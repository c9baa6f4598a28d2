import type { Json, JsonObject } from '../../model/document.js';
import type { JsonSchema } from '../../model/json-schema.js';
import { schemaJson } from '../../model/json-schema.js';
import { RESOURCES } from '../../resources/resources.js';
import { ERRORS, type ErrorCode, errorStatus } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import type { Answer, RouteData } from '../route.js';

/** The OpenAPI 3.1 description of the routes, made from their declarations and the resources' schemas. */
export function openapiDocument(routes: readonly RouteData[]): JsonObject {
  const paths = new Map<string, Map<string, JsonObject>>();
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    const methods = paths.get(path) ?? new Map<string, JsonObject>();
    paths.set(path, methods.set(route.method.toLowerCase(), operation(route)));
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'dog_trainer',
      version: '2',
      description: 'Policy and hosts of dog. Times are epoch seconds. There is no paging but in the audit trail.',
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{}, { token: [] }],
    paths: Object.fromEntries([...paths].map(([path, methods]) => [path, Object.fromEntries(methods)])),
    components: { schemas: schemas(), securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(route: RouteData): JsonObject {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const inQuery = (route.parameters ?? []).map(({ name, description, schema }) => ({
    name,
    in: 'query',
    description,
    schema: schemaJson(schema),
  }));
  return {
    operationId: route.id,
    summary: route.summary,
    'x-scope': route.scope,
    ...(route.scope === 'open' ? { security: [{}] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(route.takes ? { requestBody: requestBody(route.takes) } : {}),
    responses: responses(route),
  };
}

function requestBody(takes: NonNullable<RouteData['takes']>): JsonObject {
  if (takes.kind === 'json') return { required: true, content: { [JSON_TYPE]: { schema: asJson(takes.schema) } } };
  const command = {
    type: 'object',
    properties: { command: { type: 'string' }, use_shell: { enum: ['true', 'false'] }, user: { type: 'string' } },
    required: ['command'],
  };
  return {
    required: true,
    content: { [JSON_TYPE]: { schema: command }, 'multipart/form-data': { schema: { type: 'object' } } },
  };
}

function responses(route: RouteData): JsonObject {
  const found = new Map<number, JsonObject>();
  for (const code of refusalsOf(route)) {
    const status = errorStatus(code, { v1: route.version === 'v1', method: route.method });
    const before = found.get(status)?.['description'];
    const description = typeof before === 'string' ? `${before}, ${code}` : code;
    found.set(status, { description, content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/error' } } } });
  }
  for (const [status, answer] of Object.entries(route.answers))
    found.set(Number(status), response(route, answer, Number(status)));
  return Object.fromEntries([...found].map(([status, value]) => [String(status), value]));
}

function response(route: RouteData, answer: Answer, status: number): JsonObject {
  const { description, schema, type } = answer;
  if (type !== undefined) return { description, content: { [type]: {} } };
  if (schema !== undefined) return { description, content: { [JSON_TYPE]: { schema: asJson(schema) } } };
  const some = status === 204 ? {} : { content: Object.fromEntries(route.produces.map((media) => [media, {}])) };
  return { description, ...some };
}

/**
 * Every refusal that a route may give: its own, and those that follow from its body, its scope and the server that
 * answers.
 */
export function refusalsOf(route: RouteData): readonly ErrorCode[] {
  const always: readonly ErrorCode[] = ['bad_request', 'not_acceptable', 'internal', 'unavailable', 'timed_out'];
  const guarded: readonly ErrorCode[] =
    route.scope === 'open' ? [] : ['unauthenticated', 'forbidden', 'too_many_failures'];
  const taking: readonly ErrorCode[] = route.takes ? ['bad_json', 'too_large', 'unsupported_media_type'] : [];
  const writing: readonly ErrorCode[] = route.scope === 'write' ? ['storage_full'] : [];
  const leading: readonly ErrorCode[] = route.answeredBy === 'leader' ? ['not_the_leader'] : [];
  return [...new Set([...always, ...guarded, ...taking, ...writing, ...leading, ...(route.refuses ?? [])])];
}

function asJson(schema: JsonSchema | { readonly $ref: string }): Json {
  return schema as unknown as Json;
}

function schemas(): JsonObject {
  const resources = [...RESOURCES.values()].flatMap(({ name, schema }) => {
    const { $schema: _draft, ...sent } = schema;
    const reference = `#/components/schemas/${name}-document`;
    return [
      [name, schemaJson(sent)] as const,
      [
        `${name}-document`,
        { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } }, required: ['name'] },
      ] as const,
      [`${name}-list`, { type: 'array', items: { $ref: reference } }] as const,
    ];
  });
  const codes = Object.keys(ERRORS);
  return {
    ...Object.fromEntries(resources),
    written: {
      type: 'object',
      properties: { id: { type: 'string' }, result: { enum: ['created', 'exists'] } },
      required: ['id'],
    },
    error: {
      type: 'object',
      properties: { error: { type: 'string' }, code: { enum: codes } },
      required: ['error', 'code'],
    },
    'audit-entry': {
      type: 'object',
      properties: {
        seq: { type: 'integer' },
        time: { type: 'integer' },
        author: { type: 'string' },
        resource: { type: 'string' },
        id: { type: 'string' },
        before: {},
        after: {},
      },
      required: ['seq', 'time', 'author', 'resource', 'id', 'before', 'after'],
    },
  };
}
