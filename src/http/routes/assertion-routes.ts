import type { Json, Document, JsonObject } from '../../model/document.js';
import { schemaViolation } from '../../model/schema-verdict.js';
import { isList, isObject } from '../../model/validate.js';
import { assertion } from '../../resources/assertion.js';
import { coverageReply, LINES_TYPE } from '../assertions-coverage.js';
import { ApiError } from '../errors.js';
import { JSON_TYPE } from '../media-type.js';
import { jsonReply, type Reply } from '../reply.js';
import type { Call, Route } from '../route.js';
import { violationError } from '../documents/violation-error.js';
import { reportJson } from '../views/judgements-view.js';

const ANY = { type: 'object' } as const;
const BASE_PATH = '/api/V2/assertions';

/** Most expectations of one `POST /api/V2/assertions/test`. */
const TESTED_MAX = 1000;

/** Whether what is asserted holds (docs/http-api.md#assertion). */
export const assertionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${BASE_PATH}/report`,
    version: 'v2',
    id: 'v2.assertions.report',
    summary: 'Whether each assertion and guard holds, with a packet that shows it where one is broken',
    scope: 'read',
    produces: [JSON_TYPE],
    answers: { 200: { description: 'The report', schema: ANY } },
    handle: report,
  },
  {
    method: 'GET',
    path: `${BASE_PATH}/coverage`,
    version: 'v2',
    id: 'v2.assertions.coverage',
    summary: 'Which changes of rules no assertion would notice; as lines of JSON it tells how far it has come',
    scope: 'read',
    produces: [JSON_TYPE, LINES_TYPE],
    parameters: [
      {
        name: 'group',
        description: 'The one group whose rules are changed, by name or id',
        schema: { type: 'string' },
      },
    ],
    answers: { 200: { description: 'What is noticed and what is not', schema: ANY } },
    refuses: ['not_found'],
    handle: coverageReply,
  },
  {
    method: 'POST',
    path: `${BASE_PATH}/test`,
    version: 'v2',
    id: 'v2.assertions.test',
    summary: 'Whether assertions that are sent hold, without storing them',
    scope: 'read',
    produces: [JSON_TYPE],
    takes: {
      kind: 'json',
      parsedFirst: false,
      schema: { type: 'object', properties: { assertions: { type: 'array', items: ANY } }, required: ['assertions'] },
    },
    answers: { 200: { description: 'The same as of a report, without guards', schema: ANY } },
    refuses: ['data_invalid'],
    handle: test,
  },
];

async function report({ deps }: Call): Promise<Reply> {
  const { foresight } = deps.runtime;
  const [stored, known] = await Promise.all([deps.store.list('assertion'), foresight.guards()]);
  const assertions = stored.map(({ doc }) => doc);
  const { judgements } = await foresight.wouldShip([], {
    effects: false,
    judged: { assertions, guards: known.guards, which: 'all' },
  });
  return jsonReply(reportJson(assertions, known, judgements));
}

async function test({ deps, body }: Call): Promise<Reply> {
  const sent = isObject(body) ? body['assertions'] : undefined;
  if (!isList(sent) || sent.length > TESTED_MAX)
    throw new ApiError('bad_request', { reason: `assertions must be a list of at most ${TESTED_MAX}` });
  const assertions = sent.map(asAssertion);
  const { judgements } = await deps.runtime.foresight.wouldShip([], {
    effects: false,
    judged: { assertions, guards: [], which: 'all' },
  });
  return jsonReply({ assertions: reportJson(assertions, { guards: [], idle: [] }, judgements)['assertions'] ?? [] });
}

/** One that is sent to be tested; its place stands for its id and, if it has none, its name. */
function asAssertion(value: Json, index: number): Document {
  if (!isObject(value)) throw new ApiError('bad_request', { reason: `assertions[${index}] must be an object` });
  const doc: JsonObject = { name: `assertion ${index + 1}`, mode: 'enforce', ...value };
  const violation = schemaViolation(assertion.schema, doc);
  if (violation) throw violationError({ ...violation, path: ['assertions', index, ...violation.path] });
  return { ...doc, id: String(index) };
}
