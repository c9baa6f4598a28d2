import { JSON_TYPE } from '../media-type.js';
import { openapiDocument } from '../openapi/openapi-document.js';
import { jsonReply } from '../reply.js';
import type { Route, RouteData } from '../route.js';

/** `/api/V2/openapi.json`, which describes the given routes and itself. */
export function openapiRoutes(others: readonly RouteData[]): readonly Route[] {
  const route: Route = {
    method: 'GET',
    path: '/api/V2/openapi.json',
    version: 'v2',
    id: 'v2.openapi',
    summary: 'This description of the API (OpenAPI 3.1)',
    scope: 'read',
    produces: [JSON_TYPE],
    answers: { 200: { description: 'The description', schema: { type: 'object' } } },
    handle: () => jsonReply(document),
  };
  const document = openapiDocument([...others, route]);
  return [route];
}
