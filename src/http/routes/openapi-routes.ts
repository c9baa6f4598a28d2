import { JSON_TYPE } from '../media-type.js';
import { DOCS_HEADERS, docsPage } from '../openapi/docs-page.js';
import { openapiDocument } from '../openapi/openapi-document.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Route, RouteData } from '../route.js';

const HTML_TYPE = 'text/html';

/** `/api/V2/openapi.json`, which describes the given routes and these, and `/api/docs`, the same as a page for people. */
export function openapiRoutes(others: readonly RouteData[]): readonly Route[] {
  const described: Route = {
    method: 'GET',
    path: '/api/V2/openapi.json',
    version: 'v2',
    id: 'v2.openapi',
    summary: 'This description of the API (OpenAPI 3.1)',
    scope: 'read',
    produces: [JSON_TYPE],
    answers: { 200: { description: 'The description', schema: { type: 'object' } } },
    handle: () => jsonReply(document()),
  };
  // A browser sends no token, and nothing of this installation is on the page.
  const shown: Route = {
    method: 'GET',
    path: '/api/docs',
    version: 'v2',
    id: 'docs',
    summary: 'This description as a page',
    scope: 'open',
    produces: [HTML_TYPE],
    answers: { 200: { description: 'The page', type: HTML_TYPE } },
    handle: () => page(),
  };
  // Routes never change, so each is written once; not before somebody asks, since most runs of a server never see it.
  const document = once(() => openapiDocument([...others, described, shown]));
  const page = once((): Reply => {
    const text = docsPage(document());
    return { status: 200, headers: DOCS_HEADERS, body: { kind: 'text', text, type: HTML_TYPE } };
  });
  return [described, shown];
}

function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
