import type { Call, Method, Route } from '../route.js';
import type { Resource } from '../../model/document.js';
import type { ResourceDeclaration } from '../../resources/resource.js';
import { RESOURCES } from '../../resources/resources.js';
import { sentObject } from '../documents/sent-object.js';
import { ApiError } from '../errors.js';
import { TEXT_TYPE } from '../media-type.js';
import { type Reply, textReply } from '../reply.js';
import { documentHclText } from './sub-resource-handlers.js';

/** The media type of this route, kept although it is misspelled; no known client reads it. */
const PLAIN_TEXT = 'plain/text';

/** `/api/hcl/:sub`: a posted document as Terraform text (docs/http-api.md#other-routes). */
export const hclRoutes: readonly Route[] = (['PUT', 'POST'] as const).map((method: Method) => ({
  method,
  path: '/api/hcl/:sub',
  version: 'v1',
  id: `v1.hcl.${method.toLowerCase()}`,
  summary: 'The posted document as a Terraform resource',
  scope: 'read',
  produces: [TEXT_TYPE],
  takes: { kind: 'json', parsedFirst: true, schema: { type: 'object' } },
  answers: { 200: { description: 'Terraform text', type: PLAIN_TEXT } },
  refuses: ['not_found', 'bad_request'],
  handle: hclOfBody,
}));

async function hclOfBody(call: Call): Promise<Reply> {
  const sub = call.params['sub'] as string;
  const declaration = RESOURCES.get(sub as Resource);
  if (!declaration?.terraform) throw new ApiError('not_found', { what: 'no such resource has an HCL form' });
  const doc = sentObject(call.body);
  const missing = neededFor(declaration).find((key) => !Object.hasOwn(doc, key));
  if (missing !== undefined) throw new ApiError('bad_request', { reason: `the document has no ${missing}` });
  if (typeof doc['name'] !== 'string') throw new ApiError('bad_request', { reason: 'the name must be a string' });
  return textReply(await documentHclText(call, declaration.name, doc), PLAIN_TEXT);
}

/** What a document must hold to be printed (docs/http-api.md#other-routes). */
function neededFor({ terraform, schema }: ResourceDeclaration): readonly string[] {
  return terraform?.needs ?? schema.required ?? [];
}
