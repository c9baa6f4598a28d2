import type { JsonSchema } from '../../model/json-schema.js';
import type { ApiVersion, ResourceDeclaration } from '../../resources/resource.js';
import { JSON_TYPE } from '../media-type.js';
import type { Route } from '../route.js';
import { BASE } from './api-base.js';
import { HOST_PAGE_PARAMETERS } from './host-list-page.js';
import { listOf, listSubReply } from './list-handlers.js';
import { flagParameter } from './list-parameters.js';

/** The list of a resource and the views of it. */
export function listRoutes(model: ResourceDeclaration, version: ApiVersion): readonly Route[] {
  const path = `${BASE[version]}/${model.plural}`;
  const parameters = [
    ...(model.list?.flags ?? []).map(({ name, description }) => flagParameter(name, description)),
    ...(model.list?.inPages === true ? HOST_PAGE_PARAMETERS : []),
  ];
  const items: JsonSchema | { readonly $ref: string } =
    version === 'v2'
      ? { $ref: `#/components/schemas/${model.name}-list` }
      : { type: 'array', items: { type: 'object' } };
  const common = { method: 'GET', version, scope: 'read', produces: [JSON_TYPE] } as const;
  return [
    {
      ...common,
      path,
      id: `${version}.${model.name}.list`,
      summary: `Every ${model.name}${version === 'v1' ? ', in short' : ''}; ${model.list?.inPages === true && version === 'v2' ? 'page by page where the query narrows it' : 'there is no paging'}`,
      ...(version === 'v2' && parameters.length > 0 ? { parameters, refuses: ['bad_parameter'] as const } : {}),
      answers: { 200: { description: 'The list', schema: items } },
      handle: (call) => listOf(call, model),
    },
    {
      ...common,
      path: `${path}/:sub`,
      id: `${version}.${model.name}.list-view`,
      summary: `A view of the list: ${views(model, version)}`,
      answers: { 200: { description: 'The view' } },
      refuses: ['not_found', 'bad_parameter'],
      handle: (call) => listSubReply(call, model),
    },
  ];
}

function views(model: ResourceDeclaration, version: ApiVersion): string {
  if (version === 'v2' && model.list?.anyViewInV2) return 'the list itself';
  const names = [...(model.listsSchema[version] ? ['schema'] : []), ...Object.keys(model.list?.views ?? {})];
  return names.length === 0 ? 'there is none' : names.map((name) => `\`${name}\``).join(', ');
}
