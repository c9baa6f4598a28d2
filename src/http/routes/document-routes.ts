import type { ApiVersion } from '../../resources/resource.js';
import type { DocumentService } from '../documents/document-service.js';
import type { PlanNeeds } from '../plans/make-plan.js';
import { JSON_TYPE, TEXT_TYPE } from '../media-type.js';
import type { Answer, Method, Parameter, Route } from '../route.js';
import { BASE } from './api-base.js';
import { PLAN, plannedReply, wantsPlan } from '../plans/planned-reply.js';
import { createInV1, createInV2, readDocument, removeDocumentReply, updateDocumentReply } from './document-handlers.js';

const NAME: Parameter = { name: 'name', description: 'The document of this name', schema: { type: 'string' } };

/** Any write may break what is asserted (docs/http-api.md#assertion). */
const BROKEN = ['assertion_broken', 'guard_broken'] as const;

type Differing = Pick<Route<PlanNeeds>, 'summary' | 'answers' | 'refuses' | 'handle'> &
  Pick<Partial<Route>, 'takes' | 'parameters'>;

/**
 * The routes of single documents of a resource: look up, read, create, update, remove (docs/http-api.md#documents).
 * Each path exists with an id and without: a POST's id is ignored, a PUT or DELETE without one names no document.
 */
export function documentRoutes(service: DocumentService, version: ApiVersion): readonly Route<PlanNeeds>[] {
  const { name, alsoFoundBy } = service.model;
  const other: readonly Parameter[] = alsoFoundBy
    ? [{ name: alsoFoundBy.field, description: alsoFoundBy.description, schema: { type: 'string' } }]
    : [];
  const answers = answersOf(name, version);
  const both = (method: Method, verb: string, differing: Differing): readonly Route<PlanNeeds>[] =>
    (['', '/:id'] as const).map((suffix) => ({
      method,
      path: `${BASE[version]}/${name}${suffix}`,
      version,
      id: `${version}.${name}.${verb}${suffix === '' ? '' : '-by-id'}`,
      scope: method === 'GET' ? 'read' : 'write',
      produces: [JSON_TYPE, TEXT_TYPE],
      ...differing,
    }));
  const takes = (parsedFirst: boolean) =>
    ({ kind: 'json', parsedFirst, schema: { $ref: `#/components/schemas/${name}` } }) as const;
  const writing = (differing: Differing): Differing => (version === 'v2' ? planned(service, differing) : differing);
  return [
    ...both('GET', 'read', {
      summary: `Reads a ${name}, by id or by name`,
      parameters: [NAME, ...other],
      answers: { 200: answers.document },
      refuses: ['not_found'],
      handle: (call) => readDocument(call, service),
    }),
    ...both(
      'POST',
      'create',
      writing({
        summary: `Makes a ${name}; an id in the path is ignored`,
        takes: takes(version === 'v1'),
        answers: { 201: answers.created, ...(version === 'v1' ? { 303: answers.exists } : {}) },
        refuses: ['data_invalid', 'exists', ...BROKEN],
        handle: (call) => (version === 'v1' ? createInV1(call, service) : createInV2(call, service)),
      }),
    ),
    ...both(
      'PUT',
      'update',
      writing({
        summary: `Updates a ${name}`,
        takes: takes(true),
        answers: { 303: answers.updated },
        refuses: ['data_invalid', 'not_updated', 'not_found_on_update', 'stale', ...BROKEN],
        handle: (call) => updateDocumentReply(call, service),
      }),
    ),
    ...both(
      'DELETE',
      'remove',
      writing({
        summary: `Removes a ${name}`,
        answers: { 204: { description: 'It is gone' } },
        refuses: ['not_found', 'builtin', 'in_use', 'stale', ...BROKEN],
        handle: (call) => removeDocumentReply(call, service),
      }),
    ),
  ];
}

/** A write of v2 that may be planned instead. */
function planned(service: DocumentService, differing: Differing): Differing {
  return {
    ...differing,
    parameters: [...(differing.parameters ?? []), PLAN],
    answers: {
      200: { description: 'With plan=true: what it would do', schema: { type: 'object' } },
      ...differing.answers,
    },
    handle: (call, needs) =>
      wantsPlan(call) ? plannedReply(call, service.model.name, needs) : differing.handle(call, needs),
  };
}

function answersOf(
  name: string,
  version: ApiVersion,
): Readonly<Record<'document' | 'created' | 'exists' | 'updated', Answer>> {
  const document = { $ref: `#/components/schemas/${name}-document` };
  const schema = version === 'v2' ? document : { $ref: '#/components/schemas/written' };
  return {
    document: { description: 'The document', schema: document },
    created: { description: 'Made; `location` is its path', schema },
    exists: { description: 'One of that name is there; `location` is its path', schema },
    updated: { description: 'Updated; `location` is its path', schema },
  };
}
